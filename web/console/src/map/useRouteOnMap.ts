import type { Incident } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useDesk, useScreen } from '../desk/context'
import { useRecommendation, useRoute } from '../desk/queries'
import { routeLine } from './features'
import { setData } from './layers'

/** The way of the unit that is looked at, of the one that is sent, or of the best one. */
export function useRouteOnMap(map: LibreMap, incident: Incident | undefined): void {
  const desk = useDesk()
  const lookedAt = useScreen((screen) => screen.lookedAt)
  const recommendation = useRecommendation(incident?.id ?? null, incident !== undefined && incident.state !== 'closed')
  const sent = incident?.assignments.find((each) => each.status === 'assigned' || each.status === 'en_route')?.unit_id
  const there = incident?.assignments.some((each) => each.status === 'on_scene')
  const unitId = lookedAt ?? sent ?? (there ? undefined : recommendation.data?.units[0]?.unit_id)
  const [from, setFrom] = useState<[number, number] | null>(null)
  useEffect(() => {
    const look = () => {
      const position = unitId ? desk.positions.get(unitId) : undefined
      const next: [number, number] | null = position ? [position[1], position[2]] : null
      // A new line only when the unit has really moved on: about 100 m.
      setFrom((now) => (now && next && Math.hypot(now[0] - next[0], now[1] - next[1]) < 0.001 ? now : next))
    }
    look()
    return desk.positions.subscribe(look)
  }, [desk, unitId])
  useFirstLook(incident, recommendation.data?.units[0]?.unit_id)
  const lon = incident?.place.lon
  const lat = incident?.place.lat
  const to = useMemo<[number, number] | null>(() => (lon !== undefined && lat !== undefined ? [lon, lat] : null), [lon, lat])
  const route = useRoute(to ? from : null, to)
  const line = to && from && route.data ? route.data.line : null
  const estimated = route.data?.estimated ?? false
  useEffect(() => setData(map, 'route', routeLine(line, estimated)), [map, line, estimated])
}

/** Once for each card that is opened: the place and the nearest patrol together, before anybody asks. */
function useFirstLook(incident: Incident | undefined, nearest: string | undefined): void {
  const desk = useDesk()
  const looked = useRef<string | null>(null)
  useEffect(() => {
    if (!incident) looked.current = null
    if (!incident || incident.state !== 'open' || !nearest || looked.current === incident.id) return
    const position = desk.positions.get(nearest)
    if (!position || !desk.map) return
    looked.current = incident.id
    desk.map.showBoth([incident.place.lon, incident.place.lat], [position[1], position[2]])
  })
}
