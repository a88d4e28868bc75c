/**
 * One WebRTC connection to the centre that is kept: WHIP where it sends, WHEP where it receives. It finds by
 * itself that it is dead and connects again, with pauses that grow.
 */
export interface TalkOptions {
  /** Where the offer is posted. */
  url: string
  /** `Authorization` of a device; the console's session is a cookie. */
  bearer?: () => Promise<string>
  /** What is sent; without it something is received: sound, and the picture where it is wanted. */
  send?: MediaStream
  picture?: boolean
  /** What came, or null while nothing does. */
  received?: (stream: MediaStream | null) => void
  /** `up`: connected now. `refused`: the centre said no, with its code; it is asked again all the same. */
  state?: (state: { up: boolean; refused: string | null }) => void
}

const PAUSE_FIRST_MS = 300
const PAUSE_LAST_MS = 3_000
const GATHERED_WITHIN_MS = 500
const CONNECTED_WITHIN_MS = 6_000
/** A connection that says `disconnected` may come back by itself; after so long we make a new one. */
const LIMPS_MS = 1_500
/** Nothing came for so long: whatever the connection says of itself, it is dead. */
const SILENCE_MS = 2_500

export class TalkLink {
  private peer: RTCPeerConnection | null = null
  private place: string | null = null
  private stopped = false
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private watch: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: TalkOptions) {
    addEventListener('online', this.anew)
    void this.connect()
  }

  /** For tests and diagnostics. */
  get connection(): RTCPeerConnection | null {
    return this.peer
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.anew)
    clearTimeout(this.timer)
    this.drop()
    this.options.received?.(null)
  }

  private readonly anew = (): void => {
    this.tries = 0
    this.again()
  }

  private again(): void {
    if (this.stopped) return
    this.drop()
    this.options.received?.(null)
    clearTimeout(this.timer)
    const pause = Math.min(PAUSE_LAST_MS, PAUSE_FIRST_MS * 2 ** Math.min(this.tries++, 6))
    this.timer = setTimeout(() => void this.connect(), pause)
  }

  private async connect(): Promise<void> {
    if (this.stopped) return
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: await iceServers(this.options.bearer) })
    if (this.stopped) return peer.close()
    this.peer = peer
    const { send } = this.options
    if (send) for (const track of send.getTracks()) sendTrack(peer, track, send)
    else {
      peer.addTransceiver('audio', { direction: 'recvonly' })
      if (this.options.picture) peer.addTransceiver('video', { direction: 'recvonly' })
    }
    const came = new MediaStream()
    peer.ontrack = ({ track }) => {
      came.addTrack(track)
      this.options.received?.(came)
    }
    peer.onconnectionstatechange = () => this.moved(peer)
    this.watch = setTimeout(() => this.failed(peer, null), CONNECTED_WITHIN_MS)
    try {
      await peer.setLocalDescription(await peer.createOffer())
      await gathered(peer)
      await peer.setRemoteDescription({ type: 'answer', sdp: await this.ask(peer.localDescription?.sdp ?? '') })
    } catch (error) {
      this.failed(peer, error instanceof Refused ? error.message : null)
    }
  }

  private async ask(offer: string): Promise<string> {
    const headers: Record<string, string> = { 'Content-Type': 'application/sdp', Accept: 'application/sdp, application/problem+json' }
    if (this.options.bearer) headers['Authorization'] = `Bearer ${await this.options.bearer()}`
    const answer = await fetch(this.options.url, { method: 'POST', headers, body: offer, credentials: 'same-origin', signal: AbortSignal.timeout(CONNECTED_WITHIN_MS) })
    const text = await answer.text()
    if (!answer.ok) throw new Refused(codeOf(text) ?? `http_${answer.status}`)
    this.place = answer.headers.get('Location')
    return text
  }

  private moved(peer: RTCPeerConnection): void {
    if (peer !== this.peer) return
    const state = peer.connectionState
    clearTimeout(this.watch)
    if (state === 'connected') {
      this.tries = 0
      if (!this.options.send) void this.listen(peer)
      this.options.state?.({ up: true, refused: null })
    } else if (state === 'failed' || state === 'closed') this.failed(peer, null)
    else this.watch = setTimeout(() => this.failed(peer, null), state === 'disconnected' ? LIMPS_MS : CONNECTED_WITHIN_MS)
  }

  /** Bytes must come as long as it is up. */
  private async listen(peer: RTCPeerConnection): Promise<void> {
    let bytes = -1
    while (peer === this.peer && peer.connectionState === 'connected') {
      const now = await received(peer)
      if (now === bytes) return this.failed(peer, null)
      bytes = now
      await new Promise((done) => setTimeout(done, SILENCE_MS))
    }
  }

  private failed(peer: RTCPeerConnection, refused: string | null): void {
    if (peer !== this.peer || this.stopped) return
    this.options.state?.({ up: false, refused })
    this.again()
  }

  private drop(): void {
    clearTimeout(this.watch)
    this.peer?.close()
    this.peer = null
    if (this.place) void this.leave(this.place)
    this.place = null
  }

  private async leave(place: string): Promise<void> {
    try {
      const headers: Record<string, string> = this.options.bearer ? { Authorization: `Bearer ${await this.options.bearer()}` } : {}
      await fetch(place, { method: 'DELETE', headers, credentials: 'same-origin', keepalive: true })
    } catch {
      // the gateway notices by itself that nobody is there
    }
  }
}

async function received(peer: RTCPeerConnection): Promise<number> {
  let bytes = 0
  for (const report of (await peer.getStats()).values() as Iterable<{ type: string; bytesReceived?: number }>) {
    if (report.type === 'inbound-rtp') bytes += report.bytesReceived ?? 0
  }
  return bytes
}

class Refused extends Error {}

function codeOf(text: string): string | null {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? null
  } catch {
    return null
  }
}

/** H.264 first: every viewer and the recording take it as it is. */
function sendTrack(peer: RTCPeerConnection, track: MediaStreamTrack, stream: MediaStream): void {
  const sender = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] })
  if (track.kind !== 'video') return
  const known = RTCRtpSender.getCapabilities('video')?.codecs ?? []
  const rank = ({ mimeType, sdpFmtpLine }: RTCRtpCodec) =>
    mimeType !== 'video/H264' ? 2 : sdpFmtpLine?.includes('packetization-mode=1') && /profile-level-id=42/i.test(sdpFmtpLine) ? 0 : 1
  sender.setCodecPreferences([...known].sort((a, b) => rank(a) - rank(b)))
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === 'complete') return Promise.resolve()
  return new Promise((done) => {
    const timer = setTimeout(done, GATHERED_WITHIN_MS)
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return
      clearTimeout(timer)
      done()
    })
  })
}

let known: RTCIceServer[] | null = null

/** Asked once; where they cannot be had the direct way is tried. */
async function iceServers(bearer?: () => Promise<string>): Promise<RTCIceServer[]> {
  if (known) return known
  try {
    const headers: Record<string, string> = bearer ? { Authorization: `Bearer ${await bearer()}` } : {}
    const answer = await fetch('/api/media/ice', { headers, credentials: 'same-origin', signal: AbortSignal.timeout(1_500) })
    if (!answer.ok) return []
    known = ((await answer.json()) as { ice_servers: RTCIceServer[] }).ice_servers
    return known
  } catch {
    return []
  }
}
