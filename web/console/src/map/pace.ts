import { type Positions, whenPicturesStand } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'

/** Of its time the map may spend one part in so many on moving units. */
const SHARE = 4
const LONGEST_MS = 10_000

/** How long to wait before the next painting of one that took so long. */
export function pauseAfter(tookMs: number): number {
  return Math.min(LONGEST_MS, tookMs * (SHARE - 1))
}

/**
 * Lets those who draw positions do so together, as often as the machine can: with a graphics card each
 * second, without one every few seconds, so that the card, the keys and the sounds never wait for the map; and never
 * while cameras' pictures begin.
 */
export class Pace {
  private static readonly all = new WeakMap<LibreMap, Pace>()
  private readonly painters = new Set<() => void>()
  private due = false
  private busy = false

  static of(map: LibreMap, positions: Positions): Pace {
    let pace = Pace.all.get(map)
    if (!pace) {
      pace = new Pace(map, positions)
      Pace.all.set(map, pace)
    }
    return pace
  }

  private constructor(
    private readonly map: LibreMap,
    positions: Positions,
  ) {
    const stop = positions.subscribe(() => this.wake())
    map.once('remove', stop)
  }

  subscribe(painter: () => void): () => void {
    this.painters.add(painter)
    return () => this.painters.delete(painter)
  }

  private wake(): void {
    this.due = true
    if (!this.busy) this.paint()
  }

  private paint(): void {
    this.busy = true
    whenPicturesStand(() => this.draw())
  }

  private draw(): void {
    this.due = false
    const start = performance.now()
    let over = false
    const done = () => {
      if (over) return
      over = true
      setTimeout(() => {
        this.busy = false
        if (this.due) this.paint()
      }, pauseAfter(performance.now() - start))
    }
    for (const painter of this.painters) painter()
    this.map.once('idle', done)
    // A map that somebody drags is not idle; it must not wait for ever.
    setTimeout(done, LONGEST_MS)
  }
}
