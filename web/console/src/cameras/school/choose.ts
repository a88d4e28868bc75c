import type { Opening, OpeningCamera } from '../types'

/** Tiles that are live at once, and how many of them the streets around keep; as on the server. */
export const WALL_TILES = 16
const STREET_TILES = 3

const open = (opening: Opening): boolean => opening.opened_at !== null && opening.cameras.length > 0

/** Lockdowns first, then who came first. */
export function inLine(openings: Opening[]): Opening[] {
  const rank = (each: Opening) => (each.level === 'lockdown' ? 0 : 1)
  return openings.filter(open).sort((a, b) => rank(a) - rank(b) || (a.opened_at! < b.opened_at! ? -1 : 1))
}

/**
 * Whose cameras stand on the wall: what stands there stays, so that no picture changes under an eye, except that a
 * lockdown takes the place of a call for help; never the other way round.
 */
export function firstInLine(openings: Opening[], shown: string | null, hidden: ReadonlySet<string>): Opening | null {
  const line = inLine(openings).filter((each) => !hidden.has(each.id))
  const first = line[0] ?? null
  const present = line.find((each) => each.id === shown)
  if (present && !(first?.level === 'lockdown' && present.level === 'help')) return present
  return first
}

/** The first sixteen: the site's own in their order, with room left for the street's where both are many. */
export function onTheWall(cameras: OpeningCamera[]): OpeningCamera[] {
  const site = cameras.filter((each) => each.part === 'site')
  const street = cameras.filter((each) => each.part === 'street')
  const streets = Math.min(street.length, Math.max(STREET_TILES, WALL_TILES - site.length))
  return [...site.slice(0, WALL_TILES - streets), ...street.slice(0, streets)]
}
