import { picturesBegin, whenPicturesStand } from '../media/beginning'

/** A drawing that holds the page up no longer than this is cheap: a graphics card makes it. */
const CHEAP_MS = 100
/** After a dear one the page has so many times as long for all else: while the view moves, and while it stands. */
const REST = { moving: 2, still: 5 }
/** So long after a hand on the map it is drawn as fast as it can be. */
const HAND_MS = 1_000

/**
 * When a map may be drawn. Without a graphics card one drawing holds the whole page up, its clicks, its sounds and its
 * videos, for as long as the processor needs for two million points; tiles that come, a flight to a place and cars that
 * move would have it drawn without an end. So a dear drawing is followed by a rest, a longer one where only what is on
 * the map moves, and while cameras' pictures begin there is none at all, except for the hand that moves the map.
 */
export class Turns {
  private state: 'rests' | 'asked' | 'drawing' = 'rests'
  /** While it is drawn: somebody wants another drawing. */
  private wanted = false
  private cost = 0
  private drawnAt = Number.NEGATIVE_INFINITY
  private handAt = Number.NEGATIVE_INFINITY
  /** A drawing waits for its turn; calls that off. */
  private waiting: (() => void) | null = null
  /** It waits as long as a view that stands may. */
  private slow = false

  /** `draw`: have it drawn in the next frame; `moves`: whether the view is on its way somewhere. */
  constructor(
    private readonly draw: () => void,
    private readonly moves: () => boolean,
  ) {}

  ask(): void {
    if (this.state === 'drawing') this.wanted = true
    else if (this.state === 'rests' && (!this.waiting || (this.slow && this.moves()))) this.next()
  }

  /** The user moves the map himself. */
  hand(): void {
    this.handAt = performance.now()
    if (this.waiting) this.go()
  }

  stop(): void {
    this.waiting?.()
    this.waiting = null
  }

  private next(): void {
    this.stop()
    const now = performance.now()
    this.slow = !this.moves()
    const rest = this.cost > CHEAP_MS ? this.drawnAt + this.cost * REST[this.slow ? 'still' : 'moving'] - now : 0
    if (now - this.handAt < HAND_MS) {
      this.go()
    } else if (rest > 0) {
      const timer = setTimeout(() => this.next(), rest)
      this.waiting = () => clearTimeout(timer)
    } else if (picturesBegin()) {
      this.slow = false
      this.waiting = whenPicturesStand(() => this.go())
    } else {
      this.go()
    }
  }

  private go(): void {
    this.stop()
    this.state = 'asked'
    // Just before the map's own frame; what is drawn is brought to the page when this task ends, and the next one sees
    // how long all that took.
    requestAnimationFrame(() => {
      this.state = 'drawing'
      this.wanted = false
      const at = performance.now()
      setTimeout(() => this.drew(performance.now() - at))
    })
    this.draw()
  }

  private drew(tookMs: number): void {
    this.cost = tookMs
    this.drawnAt = performance.now()
    this.state = 'rests'
    if (this.wanted) this.next()
  }
}
