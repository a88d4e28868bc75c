import { Cell } from '../desk/store'
import type { Reel } from './reel'
import { nextIn, type Span } from './span'

export const RATES = [0.25, 0.5, 1, 2, 4, 8] as const
const TURN_MS = 100
const BACK_EVERY_MS = 400
export const FRAME_MS = 40

export interface PlaybackState {
  at: number
  playing: boolean
  /** Negative: backwards. */
  rate: number
  /** Some picture is on its way; the clock stands until it is there. */
  waiting: boolean
}

/** One clock for all cameras that are looked back at. */
export class Playback {
  readonly state: Cell<PlaybackState>
  /** Where anything at all is recorded, of all cameras together. */
  recorded: readonly Span[] = []
  private readonly reels = new Set<Reel>()
  private readonly timer: ReturnType<typeof setInterval>
  private before = performance.now()
  private steppedBack = 0

  constructor(at: number) {
    this.state = new Cell<PlaybackState>({ at, playing: false, rate: 1, waiting: false })
    this.timer = setInterval(() => this.turn(), TURN_MS)
  }

  add(reel: Reel): () => void {
    this.reels.add(reel)
    return () => this.reels.delete(reel)
  }

  close(): void {
    clearInterval(this.timer)
  }

  seek(at: number): void {
    this.state.set({ at: Math.min(at, Date.now()) })
    this.turn()
  }
  step(by: number): void {
    this.state.set({ playing: false })
    this.seek(this.state.get().at + by)
  }
  toggle(): void {
    this.state.set((now) => ({ playing: !now.playing, rate: now.playing ? now.rate : Math.abs(now.rate) }))
  }
  /** J, K, L: backwards, stand, forwards; again: faster. */
  shuttle(way: -1 | 0 | 1): void {
    this.state.set((now) => {
      if (way === 0) return { playing: false, rate: 1 }
      const on = now.playing && Math.sign(now.rate) === way
      return { playing: true, rate: on ? way * Math.min(8, Math.abs(now.rate) * 2) : way }
    })
  }
  pace(rate: number): void {
    this.state.set({ rate })
  }

  private turn(): void {
    const now = performance.now()
    const passed = Math.min(1000, now - this.before)
    this.before = now
    const { at, playing, rate } = this.state.get()
    const waiting = [...this.reels].some((reel) => !reel.ready(at))
    if (waiting !== this.state.get().waiting) this.state.set({ waiting })
    if (playing && !waiting) this.advance(at, rate, passed, now)
    const { at: target } = this.state.get()
    const forwards = playing && !waiting && rate > 0 ? rate : 0
    for (const reel of this.reels) reel.follow(target, forwards)
  }

  private advance(at: number, rate: number, passed: number, now: number): void {
    if (rate < 0) {
      if (now - this.steppedBack < BACK_EVERY_MS) return
      const since = this.steppedBack ? Math.min(1000, now - this.steppedBack) : BACK_EVERY_MS
      this.steppedBack = now
      this.state.set({ at: at + rate * since })
      return
    }
    let next = at + rate * passed
    const somewhere = nextIn(this.recorded, next)
    // where no camera has anything, nobody wants to wait
    if (somewhere !== null && somewhere - next > 1500) next = somewhere
    const edge = Date.now() - 2_000
    this.state.set(next > edge ? { at: Math.min(next, edge), rate: 1 } : { at: next })
  }
}
