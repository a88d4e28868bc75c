import { type Answer, exchange, type ExchangeOptions, iceServers, leave } from './exchange'

export interface Wanted {
  picture: boolean
  sound: boolean
}

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
  const link = new RTCPeerConnection({ iceServers: await iceServers(options.bearer), bundlePolicy: 'max-bundle' })
  const stream = new MediaStream()
  link.ontrack = ({ track }) => stream.addTrack(track)
  if (wanted.picture) link.addTransceiver('video', { direction: 'recvonly' })
  if (wanted.sound) link.addTransceiver('audio', { direction: 'recvonly' })
  let answer: Answer | null = null
  const close = () => {
    link.close()
    void leave(answer?.location ?? null, options.bearer)
  }
  try {
    await link.setLocalDescription()
    answer = await exchange(path, link.localDescription?.sdp ?? '', options)
    if (options.signal?.aborted) throw new DOMException('', 'AbortError')
    await link.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
  } catch (error) {
    close()
    throw error
  }
  return { link, stream, masked: answer.masked, close }
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
