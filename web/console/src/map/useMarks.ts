import type { Incident } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { useEffect } from 'react'
import { useDesk, useDevices, useScreen } from '../desk/context'
import { setData } from './layers'
import { Pace } from './pace'

/** Rings around what is selected or looked for: an outline, never a fill. */
export function useMarks(
  map: LibreMap, incident: Incident | undefined, peek: { kind: 'unit' | 'device'; id: string } | null,
  found: { lon: number; lat: number; label: unknown } | null, place: { lon: number; lat: number; label: string } | null,
): void {
  const desk = useDesk()
  const lookedAt = useScreen((screen) => screen.lookedAt)
  const devices = useDevices()
  useEffect(() => {
    let drawn = ''
    const paint = () => {
      const spots: [number, number, string?][] = []
      if (incident) spots.push([incident.place.lon, incident.place.lat])
      if (found) spots.push([found.lon, found.lat])
      if (place) spots.push([place.lon, place.lat, place.label])
      for (const id of [lookedAt, peek?.kind === 'unit' ? peek.id : null]) {
        const position = id ? desk.positions.get(id) : undefined
        if (position) spots.push([position[1], position[2]])
      }
      const device = peek?.kind === 'device' ? devices.find((each) => each.id === peek.id) : undefined
      if (device?.lon != null && device.lat != null) spots.push([device.lon, device.lat])
      const now = JSON.stringify(spots)
      if (now === drawn) return
      drawn = now
      setData(map, 'marks', {
        type: 'FeatureCollection',
        features: spots.map(([lon, lat, label]) => ({
          type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { icon: 'ring', ...(label ? { label } : {}) },
        })),
      })
    }
    paint()
    return Pace.of(map, desk.positions).subscribe(paint)
  }, [map, desk, incident, peek, found, place, lookedAt, devices])
}
