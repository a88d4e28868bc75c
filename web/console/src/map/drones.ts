/** Mobile complexes and drones as the map draws them. Pure. */
export interface Mobile {
  unit_id: string
  call_sign: string
  kind: string
  camera_id: string | null
  stale: boolean
  pose: {
    at: string
    lon: number
    lat: number
    altitude_m: number | null
    bearing: number | null
    footprint: [number, number][] | null
  } | null
}

/** The ground in each one's picture, and its name with height; old ones bear their age instead. */
export function mobileFeatures(mobiles: Mobile[], nowMs: number, words: { old: (time: string) => string; metres: string }): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = []
  for (const each of mobiles) {
    if (!each.pose) continue
    const { lon, lat, altitude_m, footprint, at } = each.pose
    const said = each.stale ? words.old(ageOf(secondsOld(at, nowMs))) : altitude_m === null ? '' : `${Math.round(altitude_m)} ${words.metres}`
    const properties = { stale: each.stale, label: [each.call_sign, said].filter(Boolean).join(' · ') }
    if (footprint) features.push({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [[...footprint, footprint[0]!]] } })
    features.push({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } })
  }
  return { type: 'FeatureCollection', features }
}

export const secondsOld = (at: string, nowMs: number): number => Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000))

/** "0:12", "3:05", "2:10:00": nothing that could be read as a clock's time is needed beyond that. */
export function ageOf(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const rest = `${two(seconds % 60)}`
  return seconds < 3600 ? `${Math.floor(seconds / 60)}:${rest}` : `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${rest}`
}
