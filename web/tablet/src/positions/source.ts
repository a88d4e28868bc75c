/** Where the tablet's positions come from: its receiver, or, in a demonstration, a drive along the route. */
import { bearingDeg, metresBetween, type Fix } from './batch'

export type Listener = (fix: Fix) => void
export type Trouble = 'denied' | 'no_receiver'

export interface Source {
  /** The road to follow from here on; null = stay. A receiver needs none. */
  follow(line: readonly [number, number][] | null): void
  stop(): void
}

/** The device's own receiver. */
export function receiver(listener: Listener, trouble: (what: Trouble | null) => void): Source {
  if (!('geolocation' in navigator)) {
    trouble('no_receiver')
    return { follow: () => undefined, stop: () => undefined }
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      trouble(null)
      listener({
        at: timestamp,
        lon: coords.longitude,
        lat: coords.latitude,
        accuracy_m: Math.round(coords.accuracy),
        ...(coords.speed === null ? {} : { speed_kmh: Math.round(coords.speed * 36) / 10 }),
        ...(coords.heading === null || Number.isNaN(coords.heading) ? {} : { heading: Math.round(coords.heading) }),
      })
    },
    (error) => trouble(error.code === error.PERMISSION_DENIED ? 'denied' : 'no_receiver'),
    { enableHighAccuracy: true, maximumAge: 1_000 },
  )
  return { follow: () => undefined, stop: () => navigator.geolocation.clearWatch(watch) }
}

const STEP_MS = 1_000

/** The demonstration's car: stands at `start`, drives along what it is told to follow at `kmh`. */
export function drive(start: { lon: number; lat: number }, kmh: number, listener: Listener): Source {
  let here = { lon: start.lon, lat: start.lat }
  let heading = 0
  let ahead: { lon: number; lat: number }[] = []
  const tell = (speed_kmh: number): void => listener({ at: Date.now(), ...here, heading, speed_kmh, accuracy_m: 5 })
  const timer = setInterval(() => {
    const before = here
    const ran = advance(here, ahead, (kmh / 3.6) * (STEP_MS / 1_000))
    ;({ here, ahead } = ran)
    const metres = metresBetween(before, here)
    if (metres > 0.5) heading = Math.round(bearingDeg(before, here))
    tell(metres > 0.5 ? kmh : 0)
  }, STEP_MS)
  queueMicrotask(() => tell(0))
  return {
    follow: (line) => {
      ahead = (line ?? []).map(([lon, lat]) => ({ lon, lat }))
    },
    stop: () => clearInterval(timer),
  }
}

type Spot = { lon: number; lat: number }

/** Goes `metres` from `here` through the points `ahead`; gives the new spot and the points still ahead. */
export function advance(here: Spot, ahead: readonly Spot[], metres: number): { here: Spot; ahead: Spot[] } {
  let left = metres
  let at = here
  for (const [index, next] of ahead.entries()) {
    const leg = metresBetween(at, next)
    if (leg > left) {
      const share = left / leg
      const spot = { lon: at.lon + (next.lon - at.lon) * share, lat: at.lat + (next.lat - at.lat) * share }
      return { here: spot, ahead: ahead.slice(index) }
    }
    left -= leg
    at = next
  }
  return { here: at, ahead: [] }
}
