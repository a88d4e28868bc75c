import { exchange, type ExchangeOptions, iceServers, leave } from '../media/exchange'

/** A stream that goes from us (WHIP). */
export interface Sending {
  link: RTCPeerConnection
  close(): void
}

/** H.264 first, and of it the profile that every browser decodes: walls and recordings take it as it is. */
function rank({ mimeType, sdpFmtpLine }: RTCRtpCodec): number {
  if (mimeType.toLowerCase() !== 'video/h264') return 2
  return sdpFmtpLine?.includes('packetization-mode=1') && /profile-level-id=42/i.test(sdpFmtpLine) ? 0 : 1
}

/** Gives a stream to the gateway. @throws Problem, NoLink */
export async function send(path: string, media: MediaStream, options: ExchangeOptions = {}): Promise<Sending> {
  const link = new RTCPeerConnection({ iceServers: await iceServers(options.bearer), bundlePolicy: 'max-bundle' })
  for (const track of media.getTracks()) {
    const lane = link.addTransceiver(track, { direction: 'sendonly', streams: [media] })
    const known = track.kind === 'video' ? RTCRtpSender.getCapabilities('video')?.codecs : undefined
    if (known) lane.setCodecPreferences([...known].sort((a, b) => rank(a) - rank(b)))
  }
  let location: string | null = null
  const close = () => {
    link.close()
    void leave(location, options.bearer)
  }
  try {
    await link.setLocalDescription()
    const answer = await exchange(path, link.localDescription?.sdp ?? '', options)
    location = answer.location
    if (options.signal?.aborted) throw new DOMException('', 'AbortError')
    await link.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
  } catch (error) {
    close()
    throw error
  }
  return { link, close }
}
