/** Positions: which fixes are worth keeping, which go first when there is no room. Pure. */

/** One fix of the satellite receiver. Degrees, km/h, degrees from north, metres; `at` in milliseconds. */
export interface Fix {
  at: number
  lon: number
  lat: number
  speed_kmh?: number
  heading?: number
  accuracy_m?: number
}

/** About 2 h 45 min of driving at one fix in two seconds; older ones are thinned, not cut off. */
export const FIXES_MAX = 5_000
export const BATCH_MAX = 100
export const STANDING_EVERY_MS = 15_000
export const MOVING_EVERY_MS = 2_000
const MOVED_M = 8

/** Whether `next` says something that `last` did not: moved, or enough time has gone by. */
export function worthKeeping(last: Fix | null, next: Fix): boolean {
  if (last === null) return true
  const waited = next.at - last.at
  if (waited <= 0) return false // receivers repeat cached fixes
  if (waited >= STANDING_EVERY_MS) return true
  return waited >= MOVING_EVERY_MS && metresBetween(last, next) >= MOVED_M
}

/**
 * Which of the kept fixes to give up when there are more than `max`: every second one of the older half,
 * so that the track stays whole from its beginning, only coarser, and the newest stay exact.
 *
 * @param keys ascending keys of the kept fixes, oldest first
 * @returns the keys to delete; the first and the newest half are never among them
 */
export function toThin(keys: readonly number[], max: number = FIXES_MAX): number[] {
  if (keys.length <= max) return []
  const half = Math.ceil(keys.length / 2)
  return keys.filter((_, index) => index < half && index % 2 === 1)
}

/** Metres on the sphere; good to a few centimetres at the lengths met here. */
export function metresBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180
  const dLat = (b.lat - a.lat) * rad
  const dLon = (b.lon - a.lon) * rad
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(dLon / 2) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Degrees from north, clockwise, from `a` towards `b`. */
export function bearingDeg(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const rad = Math.PI / 180
  const dLon = (b.lon - a.lon) * rad
  const y = Math.sin(dLon) * Math.cos(b.lat * rad)
  const x =
    Math.cos(a.lat * rad) * Math.sin(b.lat * rad) - Math.sin(a.lat * rad) * Math.cos(b.lat * rad) * Math.cos(dLon)
  return (Math.atan2(y, x) / rad + 360) % 360
}
