/** The fallback: fragments of MP4 over a WebSocket, played by Media Source Extensions. */

const EDGE_S = 1
const BEHIND_S = 0.3
const KEPT_S = 8
const WAITING_MAX = 200

/** What the first message says, and any later one of text. */
export interface Head {
  mime: string
  masked: boolean
}

export function readHead(text: string): Head | null {
  try {
    const said = JSON.parse(text) as { mime?: unknown; masked?: unknown }
    return typeof said.mime === 'string' ? { mime: said.mime, masked: said.masked === true } : null
  } catch {
    return null
  }
}

/** How to stay at the live edge: where to jump to, and up to where to forget; seconds of the buffer. */
export function steer(start: number, end: number, at: number): { jump: number | null; forget: number | null } {
  const behind = end - at > EDGE_S || at < start
  const jump = behind ? Math.max(start, end - BEHIND_S) : null
  const now = jump ?? at
  return { jump, forget: now - start > 2 * KEPT_S ? now - KEPT_S : null }
}

export interface BytesOptions {
  /** Bytes so far; with each message. */
  onBytes: (bytes: number) => void
  onHead: (head: Head) => void
  /** The socket closed, or what came cannot be played. */
  onEnd: (code: number, reason: string) => void
}

/** Plays a live stream in `video` until closed. */
export class BytesPlayer {
  private readonly socket: WebSocket
  private readonly media = new MediaSource()
  private readonly url = URL.createObjectURL(this.media)
  private buffer: SourceBuffer | null = null
  private waiting: ArrayBuffer[] = []
  private bytes = 0
  private ended = false

  constructor(
    private readonly video: HTMLVideoElement,
    address: string,
    private readonly options: BytesOptions,
  ) {
    this.socket = new WebSocket(address)
    this.socket.binaryType = 'arraybuffer'
    this.socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.take(data)
    this.socket.onclose = ({ code, reason }) => this.end(code, reason)
    this.media.addEventListener('sourceopen', () => this.flow())
    video.srcObject = null
    video.src = this.url
  }

  close(): void {
    this.ended = true
    this.socket.onmessage = this.socket.onclose = null
    this.socket.close(1000)
    if (this.video.src === this.url) {
      this.video.removeAttribute('src')
      this.video.load()
    }
    URL.revokeObjectURL(this.url)
  }

  private head: Head | null = null

  private take(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      const head = readHead(data)
      if (!head || !MediaSource.isTypeSupported(head.mime)) return this.end(1003, 'codec')
      if (this.buffer && this.head && this.head.mime !== head.mime) return this.end(1012, 'changed')
      this.head = head
      this.options.onHead(head)
      return
    }
    this.bytes += data.byteLength
    this.options.onBytes(this.bytes)
    if (this.waiting.length >= WAITING_MAX) return this.end(1009, 'slow')
    this.waiting.push(data)
    this.flow()
  }

  private flow(): void {
    if (this.ended || !this.head || this.media.readyState !== 'open') return
    try {
      if (!this.buffer) {
        this.buffer = this.media.addSourceBuffer(this.head.mime)
        this.buffer.mode = 'segments'
        this.buffer.addEventListener('updateend', () => this.flow())
      }
      if (this.buffer.updating) return
      this.stay(this.buffer)
      if (this.buffer.updating) return
      const next = this.waiting.shift()
      if (next) this.buffer.appendBuffer(next)
    } catch (error) {
      this.end(1011, error instanceof Error ? error.name : 'broken')
    }
  }

  private stay(buffer: SourceBuffer): void {
    if (buffer.buffered.length === 0) return
    const last = buffer.buffered.length - 1
    const { jump, forget } = steer(buffer.buffered.start(last), buffer.buffered.end(last), this.video.currentTime)
    if (jump !== null) this.video.currentTime = jump
    if (forget !== null) buffer.remove(0, forget)
    if (this.video.paused) void this.video.play().catch(() => undefined)
  }

  private end(code: number, reason: string): void {
    if (this.ended) return
    this.ended = true
    this.options.onEnd(code, reason)
  }
}
