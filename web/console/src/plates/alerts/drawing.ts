/** An alert on the map: pure. */
import type { AlertView, Position } from '@jedel/ui'
import type { Drawing, Line, LonLat, Spot } from '../PlatesMap'

/** Half the opening of the wedge that shows which way a car drove, and its length. */
const HALF_DEG = 24
const LONG_M = 700
const METRES_A_DEGREE = 111_320

/** A wedge from `at` towards `heading`: the way the car drove off, not a promise of where it is. */
export function wedge([lon, lat]: LonLat, heading: number, metres = LONG_M): LonLat[] {
  const squeeze = Math.cos((lat * Math.PI) / 180)
  const out = Array.from({ length: 9 }, (_, i): LonLat => {
    const turn = ((heading - HALF_DEG + (i * HALF_DEG) / 4) * Math.PI) / 180
    return [lon + (Math.sin(turn) * metres) / (METRES_A_DEGREE * squeeze), lat + (Math.cos(turn) * metres) / METRES_A_DEGREE]
  })
  return [[lon, lat], ...out, [lon, lat]]
}

const SAME_MS = 2_000

/**
 * The second place of a pair: the newest read where that is it (then with its pictures), else the passing of that
 * moment, since a car may have been seen again.
 */
export function secondOf(
  alert: Pick<AlertView, 'read' | 'passings'>,
  pair: NonNullable<AlertView['pair']>,
): { camera: Pick<AlertView['read']['camera'], 'name' | 'lon' | 'lat'>; at: string; read: AlertView['read'] | null } | null {
  const apart = (at: string): number => Math.abs(Math.abs(Date.parse(at) - Date.parse(pair.before.at)) - Math.abs(pair.seconds) * 1_000)
  if (apart(alert.read.at) < SAME_MS || alert.passings.length < 2) return { camera: alert.read.camera, at: alert.read.at, read: alert.read }
  const passing = alert.passings.find((each) => each.read_id !== pair.before.id && apart(each.at) < SAME_MS)
  return passing ? { camera: passing.camera, at: passing.at, read: null } : null
}

interface Words {
  first: string
  second: string
  minutes: (seconds: number) => string
}

/** `where`: the patrols' last positions. `now` in milliseconds. */
export function drawAlert(alert: AlertView, where: (unitId: string) => Position | undefined, now: number, words: Words): Drawing {
  const { camera } = alert.read
  const here: LonLat = [camera.lon, camera.lat]
  const heading = alert.read.heading ?? camera.heading
  const second = alert.pair && secondOf(alert, alert.pair)
  const spots: Spot[] = [{ at: here, icon: 'place-camera', size: 1.3, label: second?.read ? `${words.second}: ${camera.name}` : camera.name }]
  const lines: Line[] = []
  const fit: LonLat[] = [here]
  if (heading !== null) spots.push({ at: here, icon: 'arrow', turn: heading })
  if (alert.pair) {
    const { camera: other } = alert.pair.before
    const before: LonLat = [other.lon, other.lat]
    spots.push({ at: before, icon: 'place-camera', size: 1.3, label: `${words.first}: ${other.name}` })
    if (alert.pair.before.heading !== null) spots.push({ at: before, icon: 'arrow', turn: alert.pair.before.heading })
    const after: LonLat = second ? [second.camera.lon, second.camera.lat] : here
    if (second && !second.read) spots.push({ at: after, icon: 'place-camera', size: 1.3, label: `${words.second}: ${second.camera.name}` })
    lines.push({ points: [before, after], kind: 'apart' })
    fit.push(before, after)
  }
  const passed = alert.passings.map((each): LonLat => [each.camera.lon, each.camera.lat])
  // Of a plate at two places nobody knows which car passed where.
  if (passed.length > 1 && !alert.pair) lines.push({ points: passed, kind: 'passed' })
  for (const unit of alert.units) {
    const meet: LonLat = [unit.meet.lon, unit.meet.lat]
    const left = Math.round((Date.parse(unit.meets_at) - now) / 1_000)
    spots.push({ at: meet, icon: 'ring', size: 0.7, label: left > 0 ? `${unit.call_sign} · ${words.minutes(left)}` : unit.call_sign })
    const at = where(unit.unit_id)
    if (at) {
      spots.push({ at: [at[1], at[2]], icon: 'unit-available' })
      lines.push({ points: [[at[1], at[2]], meet], kind: 'ahead' })
    }
    fit.push(meet, ...(at ? [[at[1], at[2]] as LonLat] : []))
  }
  return {
    spots,
    lines,
    areas: heading === null ? [] : [wedge(here, heading)],
    fit: { key: `${alert.id} ${alert.read.id} ${alert.units.map((each) => each.unit_id).join()}`, points: fit },
  }
}
