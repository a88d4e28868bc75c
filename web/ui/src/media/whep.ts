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
  const { link, stream, asked } = await afterFirst(() => offer(path, wanted, { iceServers: servers, certificates: certificate && [certificate] }, options))
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

let first: Promise<unknown> | null = null

/** Of sixteen pictures that begin at once, the first has asked before the others make their links. */
function afterFirst<T>(work: () => Promise<T>): Promise<T> {
  if (first) return first.then(work)
  const mine = work()
  const over = () => {
    first = null
  }
  first = mine.then(over, over)
  return mine
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

/** What a page can have before it is to show its first picture. */
export async function prepare(bearer?: () => Promise<string | null>): Promise<void> {
  if (typeof RTCPeerConnection === 'undefined') return
  await Promise.all([iceServers(bearer), ownCertificate()])
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
