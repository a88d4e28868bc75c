/** The way to the place: what is still ahead of the car, and the arrow to show. Pure. */
import { bearingDeg, metresBetween } from '../positions/batch'

export interface Route {
  line: [number, number][]
  seconds: number
  metres: number
  /** A straight line, where there is no road graph. */
  estimated: boolean
}

export interface Ahead {
  line: [number, number][]
  seconds: number
  metres: number
  /** How far the car is from the route. */
  off_m: number
}

interface Spot {
  lon: number
  lat: number
}

/** Further than this from its route, a car has taken another way, or the route was for another place. */
export const OFF_ROUTE_M = 80

/** What is left of the route from the point of it that is nearest to `here`. */
export function ahead(route: Route, here: Spot): Ahead {
  const spots = route.line.map(([lon, lat]) => ({ lon, lat }))
  const end = spots[spots.length - 1]
  if (end === undefined) return { line: [], seconds: route.seconds, metres: route.metres, off_m: 0 }
  let best = { off_m: metresBetween(here, end), index: spots.length, spot: end }
  for (let index = 1; index < spots.length; index++) {
    const [from, to] = [spots[index - 1], spots[index]]
    if (!from || !to) continue
    const spot = nearestOn(from, to, here)
    const off_m = metresBetween(here, spot)
    if (off_m < best.off_m) best = { off_m, index, spot }
  }
  const rest = [best.spot, ...spots.slice(best.index)]
  const metres = length(rest)
  const whole = length(spots)
  const share = whole > 0 ? metres / whole : 0
  return {
    line: rest.map(({ lon, lat }) => [lon, lat]),
    seconds: route.seconds * share,
    metres: route.metres * share,
    off_m: best.off_m,
  }
}

/** What is shown while no road route is known: the straight line, and no minutes. */
export function straight(here: Spot, to: Spot): { metres: number; bearing: number } {
  return { metres: metresBetween(here, to), bearing: bearingDeg(here, to) }
}

/** The point of the leg `from`–`to` nearest to `here`, on a plane: legs are short. */
function nearestOn(from: Spot, to: Spot, here: Spot): Spot {
  const squeeze = Math.cos((here.lat * Math.PI) / 180)
  const [dx, dy] = [(to.lon - from.lon) * squeeze, to.lat - from.lat]
  const [px, py] = [(here.lon - from.lon) * squeeze, here.lat - from.lat]
  const long = dx * dx + dy * dy
  const share = long > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / long)) : 0
  return { lon: from.lon + (to.lon - from.lon) * share, lat: from.lat + (to.lat - from.lat) * share }
}

function length(spots: readonly Spot[]): number {
  return spots.slice(1).reduce((sum, spot, index) => sum + metresBetween(spots[index] ?? spot, spot), 0)
}
