/** The picture as GeoJSON for the map. Pure. */
import { type Alarm, type Closure, type Device, type Incident, PRIORITIES, type Position, type Unit } from '@jedel/ui'

type Feature = GeoJSON.Feature<GeoJSON.Point>
export type Points = GeoJSON.FeatureCollection<GeoJSON.Point>

const point = (lon: number, lat: number, properties: GeoJSON.GeoJsonProperties): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})
const all = (features: Feature[]): Points => ({ type: 'FeatureCollection', features })

/** Below this speed a heading is noise. */
const MOVES_KMH = 4

export function unitPoints(units: Iterable<Unit>, where: (id: string) => Position | undefined): Points {
  const features: Feature[] = []
  for (const unit of units) {
    const position = where(unit.id)
    if (!position || unit.status === 'off_shift') continue
    const [, lon, lat, heading, speed] = position
    const moves = heading !== null && speed !== null && speed >= MOVES_KMH && !unit.silent
    features.push(
      point(lon, lat, {
        id: unit.id,
        sign: unit.call_sign,
        icon: `unit-${unit.silent ? 'unavailable' : unit.status}`,
        // Those at work are drawn over those that wait.
        rank: unit.incident_id ? 2 : unit.silent ? 0 : 1,
        ...(moves ? { heading } : {}),
      }),
    )
  }
  return all(features)
}

export function incidentPoints(incidents: Iterable<Incident>, unanswered: ReadonlySet<string>): Points {
  const features: Feature[] = []
  for (const incident of incidents) {
    if (incident.state === 'closed') continue
    const rank = PRIORITIES.length - PRIORITIES.indexOf(incident.priority)
    features.push(
      point(incident.place.lon, incident.place.lat, {
        id: incident.id,
        number: String(incident.number),
        icon: `priority-${incident.priority}`,
        rank,
        asks: unanswered.has(incident.id),
      }),
    )
  }
  return all(features)
}

export function devicePoints(devices: Iterable<Device>, alarms: Iterable<Alarm>): Points {
  const ringing = new Set(Array.from(alarms, (alarm) => alarm.device_id))
  const features: Feature[] = []
  for (const device of devices) {
    if (device.lon === null || device.lat === null) continue
    if (device.kind !== 'post' && device.kind !== 'panic_button' && device.kind !== 'panel') continue
    features.push(
      point(device.lon, device.lat, {
        id: device.id,
        name: device.name,
        icon: `place-${device.kind}${device.available ? '' : '-unavailable'}`,
        rank: ringing.has(device.id) ? 2 : device.available ? 0 : 1,
      }),
    )
  }
  return all(features)
}

export function closureLines(closures: Iterable<Closure>): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: Array.from(closures, (closure) => ({
      type: 'Feature',
      geometry: { type: 'MultiLineString', coordinates: closure.lines },
      properties: { id: closure.id, closed: closure.factor === 0 },
    })),
  }
}

export function routeLine(line: [number, number][] | null, estimated: boolean): GeoJSON.FeatureCollection {
  if (!line || line.length < 2) return { type: 'FeatureCollection', features: [] }
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'LineString', coordinates: line }, properties: { estimated } }],
  }
}

/** The ways into the building of the open incident. */
export function entrancePoints(incident: Incident | undefined): Points {
  return all((incident?.place.site?.plan.entrances ?? []).map(({ lon, lat, kind }) => point(lon, lat, { kind })))
}

