import { NoLink, Problem } from '../api/client'
import { takeAhead } from './ahead'
import { begins, settles } from './beginning'
import { BytesPlayer } from './mse'
import { pauseMs, Silence } from './pace'
import { came, watch, type Watching } from './whep'

export type PlayerState =
  | { is: 'connecting'; since: number; masked: boolean }
  | { is: 'playing'; since: number; masked: boolean; by: 'webrtc' | 'bytes' }
  | { is: 'unavailable'; since: number; masked: boolean; why: Problem | NoLink | null }

export interface PlayerOptions {
  /** Where a WHEP offer is posted. */
  live: string
  /** WebSocket of the fallback; none: there is none. */
  bytes?: string
  sound?: boolean
  bearer?: () => Promise<string | null>
  onState: (state: PlayerState) => void
  onFrame: (frames: number) => void
}

const LOOK_MS = 300
const FIRST_FRAME_MS = 3_000
/** How long a browser that got no WebRTC through keeps to bytes before it tries again. */
const BYTES_FOR_MS = 60_000
/** A first connection may take so long before the screen says that there is nothing. */
const PATIENCE_MS = 4_000

/** Nothing of WebRTC comes through to this browser: for all its players. */
let blockedUntil = 0

/**
 * Keeps one live picture in one `video` element for as long as it runs: WebRTC first, bytes where that gives no
 * picture, again and again after a break. It never leaves a picture that stands without saying so.
 */
export class Player {
  private state: PlayerState = { is: 'connecting', since: Date.now(), masked: false }
  private stopped = false
  private tries = 0
  private frames = 0
  /** The link stood and brought no picture: bytes next, of this stream only. */
  private bytesNext = false
  /** Said at the first frame of a session, at once. */
  private shown: (() => void) | null = null
  private session: AbortController | null = null
  private waiting: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: PlayerOptions,
  ) {
    addEventListener('online', this.anew)
    this.count()
    begins(this)
    this.options.onState(this.state)
    void this.run()
  }

  stop(): void {
    this.stopped = true
    settles(this)
    removeEventListener('online', this.anew)
    if (this.waiting) clearTimeout(this.waiting)
    this.session?.abort()
    this.video.srcObject = null
  }

  private readonly anew = (): void => {
    this.tries = 0
    if (this.waiting) this.retry()
  }

  private retry(): void {
    if (this.waiting) clearTimeout(this.waiting)
    this.waiting = null
    void this.run()
  }

  private count(): void {
    this.video.requestVideoFrameCallback?.(() => {
      if (this.stopped) return
      this.frames++
      this.options.onFrame(this.frames)
      this.shown?.()
      this.shown = null
      this.count()
    })
  }

  private say(state: PlayerState): void {
    this.state = state
    if (state.is !== 'connecting') settles(this)
    if (!this.stopped) this.options.onState(state)
  }

  /** One session from its beginning to its end, then a pause. */
  private async run(): Promise<void> {
    if (this.stopped) return
    const session = (this.session = new AbortController())
    let why: Problem | NoLink | null = null
    try {
      const without = this.bytesNext || Date.now() < blockedUntil || typeof RTCPeerConnection === 'undefined'
      const byBytes = this.options.bytes !== undefined && without
      this.bytesNext = false
      if (byBytes) await this.playBytes(session.signal)
      else await this.playLink(session.signal)
    } catch (error) {
      why = error instanceof Problem || error instanceof NoLink ? error : null
    } finally {
      session.abort()
      this.shown = null
    }
    if (this.stopped) return
    this.lost(why)
    this.waiting = setTimeout(() => this.retry(), pauseMs(this.tries++, Math.random()))
  }

  private lost(why: Problem | NoLink | null): void {
    const { state } = this
    const early = state.is === 'connecting' && why === null && Date.now() - state.since < PATIENCE_MS
    if (early) return
    const since = state.is === 'playing' ? Date.now() : state.since
    this.say({ is: 'unavailable', since, masked: state.masked, why })
  }

  private plays(by: 'webrtc' | 'bytes', masked: boolean): void {
    this.tries = 0
    if (this.state.is !== 'playing' || this.state.by !== by || this.state.masked !== masked)
      this.say({ is: 'playing', since: Date.now(), masked, by })
  }

  /** Returns when nothing comes any more; throws what refused. */
  private async playLink(signal: AbortSignal): Promise<void> {
    const { live, sound, bearer, bytes } = this.options
    const watching = await ((!sound && takeAhead(live)) || watch(live, { picture: true, sound: sound ?? false }, { bearer, signal }))
    const first = this.frames
    this.shown = () => this.plays('webrtc', watching.masked)
    try {
      this.video.srcObject = watching.stream
      void this.video.play().catch(() => undefined)
      const end = await this.follow(watching, first, signal)
      if (end === 'blocked') blockedUntil = Date.now() + BYTES_FOR_MS
      if (end !== 'silent' && bytes !== undefined && !this.stopped) {
        this.bytesNext = true
        this.tries = 0
      }
    } finally {
      watching.close()
    }
  }

  private async follow(watching: Watching, first: number, signal: AbortSignal): Promise<'blocked' | 'never' | 'silent'> {
    const silence = new Silence(performance.now())
    let seen = false
    let stood = false
    // Counted in looks, not by the clock: a page with much to do (sixteen pictures begin) looks less often, and must
    // not take that for a link that brings nothing. Pictures that come and are not shown yet have more time.
    let looks = 0
    let shown = first
    while (!signal.aborted && !this.stopped) {
      await wait(LOOK_MS, signal)
      looks++
      const now = performance.now()
      if (this.frames > shown) {
        // What is shown has come: a browser that shows sixteen pictures has better to do than to count packets.
        shown = this.frames
        seen = true
        silence.grew(now)
        this.plays('webrtc', watching.masked)
        continue
      }
      const { bytes, frames } = await came(watching.link, 'video')
      silence.see(bytes, now)
      if (frames > 0 || this.frames > first) {
        seen = true
        if (!silence.broken(now)) this.plays('webrtc', watching.masked)
      }
      stood ||= watching.link.connectionState === 'connected'
      const dead = ['failed', 'closed'].includes(watching.link.connectionState)
      const patience = FIRST_FRAME_MS * (bytes > 0 ? 3 : 1)
      if (!seen && (dead || looks * LOOK_MS > patience)) return stood ? 'never' : 'blocked'
      if (dead || (seen && silence.broken(now))) return 'silent'
    }
    return 'silent'
  }

  /** As `playLink`. */
  private async playBytes(signal: AbortSignal): Promise<void> {
    const began = performance.now()
    const silence = new Silence(began)
    const first = this.frames
    let masked = false
    let refused: Problem | null = null
    this.shown = () => this.plays('bytes', masked)
    const ended = new AbortController()
    const player = new BytesPlayer(this.video, socketAddress(this.options.bytes ?? ''), {
      onBytes: (bytes) => silence.see(bytes, performance.now()),
      onHead: (head) => (masked = head.masked),
      onEnd: (code, reason) => {
        if (code >= 4400 && code < 4500) refused = new Problem(code - 4000, reason, '')
        ended.abort()
      },
    })
    try {
      while (!signal.aborted && !ended.signal.aborted && !this.stopped) {
        await wait(LOOK_MS, AbortSignal.any([signal, ended.signal]))
        const now = performance.now()
        if (this.frames > first && !silence.broken(now)) this.plays('bytes', masked)
        if (this.frames > first ? silence.broken(now) : now - began > 2 * FIRST_FRAME_MS) break
      }
      if (refused) throw refused as Problem
    } finally {
      player.close()
    }
  }
}

function socketAddress(path: string): string {
  return new URL(path, location.href.replace(/^http/, 'ws')).href
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done()
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      done()
    }
    signal.addEventListener('abort', end)
  })
}
