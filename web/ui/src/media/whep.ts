import { type Answer, exchange, type ExchangeOptions, iceServers, leave } from './exchange'

export interface Wanted {
  picture: boolean
  sound: boolean
}

const DAY_MS = 86_400_000

/** One WHEP session: a stream that comes to us. */
export interface Watching {
  link: RTCPeerConnection
  stream: MediaStream
  masked: boolean
  close(): void
}

/**
 * Asks the gateway for a stream. The offer goes at once, without our candidates: the gateway is ICE-lite and hears
 * from us. @throws Problem, NoLink
 */
export async function watch(path: string, wanted: Wanted, options: ExchangeOptions = {}): Promise<Watching> {
  const [servers, certificate] = await Promise.all([iceServers(options.bearer), ownCertificate()])
  const begin = () => offer(path, wanted, { iceServers: servers, certificates: certificate && [certificate] }, options)
  // Where somebody is to be heard, nothing is waited for.
  const { link, stream, asked } = await (wanted.sound ? begin() : afterFirst(begin))
  let answer: Answer | null = null
  const close = () => {
    link.close()
    void leave(answer?.location ?? null, options.bearer)
  }
  try {
    answer = await asked
    if (options.signal?.aborted) throw new DOMException('', 'AbortError')
    await link.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
  } catch (error) {
    close()
    throw error
  }
  return { link, stream, masked: answer.masked, close }
}

/** The others wait for the first one's link no longer: its camera may have a second to its next keyframe, and theirs less. */
const AHEAD_MS = 150
/** What begins within that time of the first one belongs to the same burst. */
const BURST_MS = 3_000

let first: { over: Promise<unknown>; at: number } | null = null

/**
 * Of sixteen pictures that begin at once the first has asked, and has its link where that comes soon, before the others
 * ask: all together they keep page and gateway busy for as long as all of them take.
 */
function afterFirst<T extends { link: RTCPeerConnection; asked: Promise<unknown> }>(work: () => Promise<T>): Promise<T> {
  const now = performance.now()
  if (first && now - first.at < BURST_MS) return first.over.then(work)
  const mine = work()
  const ended = mine.then(({ link, asked }) => Promise.race([linked(link), refused(asked)])).catch(() => undefined)
  first = { over: Promise.race([ended, new Promise((done) => setTimeout(done, AHEAD_MS))]), at: now }
  return mine
}

const refused = (asked: Promise<unknown>): Promise<void> => new Promise((done) => void asked.catch(() => done()))

/** It stands, or never will. */
function linked(link: RTCPeerConnection): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      if (!['connected', 'failed', 'closed'].includes(link.connectionState)) return
      link.removeEventListener('connectionstatechange', look)
      done()
    }
    link.addEventListener('connectionstatechange', look)
    look()
  })
}

async function offer(path: string, wanted: Wanted, how: RTCConfiguration, options: ExchangeOptions) {
  options.signal?.throwIfAborted()
  const link = new RTCPeerConnection({ ...how, bundlePolicy: 'max-bundle' })
  const stream = new MediaStream()
  link.ontrack = ({ track }) => stream.addTrack(track)
  if (wanted.picture) link.addTransceiver('video', { direction: 'recvonly' })
  if (wanted.sound) link.addTransceiver('audio', { direction: 'recvonly' })
  try {
    await link.setLocalDescription()
  } catch (error) {
    link.close()
    throw error
  }
  // Asked and not waited for here: the others begin meanwhile.
  return { link, stream, asked: exchange(path, link.localDescription?.sdp ?? '', options) }
}

let own: { made: Promise<RTCCertificate | undefined>; at: number } | null = null

/** One for all pictures of this page, as the gateway has one for all its viewers; another each day. */
function ownCertificate(): Promise<RTCCertificate | undefined> {
  if (!own || Date.now() - own.at > DAY_MS) {
    const made = RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' } as EcKeyGenParams)
    own = { made: made.catch(() => undefined), at: Date.now() }
  }
  return own.made
}

/** What a page can have before it is to show its first picture: also what a browser only does for its first link. */
export async function prepare(bearer?: () => Promise<string | null>): Promise<void> {
  if (typeof RTCPeerConnection === 'undefined') return
  const [, certificate] = await Promise.all([iceServers(bearer), ownCertificate()])
  const link = new RTCPeerConnection({ certificates: certificate && [certificate] })
  link.addTransceiver('video', { direction: 'recvonly' })
  await link.createOffer().catch(() => undefined)
  link.close()
}

/** What came so far, of one kind. */
export interface Came {
  bytes: number
  frames: number
}

/** How much of a kind came by this link. */
export async function came(link: RTCPeerConnection, kind: 'video' | 'audio'): Promise<Came> {
  const found: Came = { bytes: 0, frames: 0 }
  for (const one of (await link.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (one.type !== 'inbound-rtp' || one.kind !== kind) continue
    found.bytes += one.bytesReceived ?? 0
    found.frames += one.framesDecoded ?? 0
  }
  return found
}
