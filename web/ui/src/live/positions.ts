import type { Position } from '../domain/types'

/**
 * Where the units are, outside React: a map source is repainted from here, and a list asks when it
 * draws. 300 units once a second must not re-render a screen.
 */
export class Positions {
  private readonly last = new Map<string, Position>()
  private readonly listeners = new Set<() => void>()

  take(positions: Position[]): void {
    for (const position of positions) this.last.set(position[0], position)
    for (const listener of this.listeners) listener()
  }

  get(unitId: string): Position | undefined {
    return this.last.get(unitId)
  }

  all(): IterableIterator<Position> {
    return this.last.values()
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}
