import { layoutOf } from './layout'

/** The tiles of a wall in another layout: none is lost that has room. */
export function relaid(tiles: (string | null)[], layout: string): (string | null)[] {
  const count = layoutOf(layout).cells.length
  if (tiles.length <= count) return [...tiles, ...Array<null>(count - tiles.length).fill(null)]
  const kept = tiles.slice(0, count)
  for (const spare of tiles.slice(count)) {
    const free = kept.indexOf(null)
    if (spare && free >= 0) kept[free] = spare
  }
  return kept
}

/** A camera put on a tile; one that is on the wall already changes places with what was there. */
export function put(tiles: (string | null)[], place: number, camera: string): (string | null)[] {
  const before = tiles.indexOf(camera)
  const next = [...tiles]
  if (before >= 0) next[before] = tiles[place] ?? null
  next[place] = camera
  return next
}

/** Where the next camera goes: the chosen tile if it is empty or nothing is, else the first empty one. */
export function nextPlace(tiles: (string | null)[], selected: number | null): number {
  if (selected !== null && tiles[selected] === null) return selected
  const free = tiles.indexOf(null)
  return free >= 0 ? free : (selected ?? 0)
}
