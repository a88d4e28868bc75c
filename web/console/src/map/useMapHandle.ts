import type { Map as LibreMap } from 'maplibre-gl'
import { useEffect } from 'react'
import { useDesk } from '../desk/context'

/** Lets lists and the card move the map; what they show is never under the card. */
export function useMapHandle(map: LibreMap): void {
  const desk = useDesk()
  useEffect(() => {
    const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches
    const duration = quiet ? 0 : 500
    const room = () => {
      const { incidentId, draft, panel } = desk.screen.get()
      const width = map.getContainer().clientWidth
      const card = incidentId || draft ? Math.min(480, width / 2) : 0
      return { top: 60, left: 60, right: card + 60, bottom: (panel ? 240 : 45) + 40 }
    }
    const inSight = (lon: number, lat: number) => {
      const { x, y } = map.project([lon, lat])
      const box = map.getContainer()
      const edge = room()
      return x > edge.left && y > edge.top && x < box.clientWidth - edge.right && y < box.clientHeight - edge.bottom
    }
    desk.map = {
      show(lon, lat, zoom) {
        const wanted = Math.max(map.getZoom(), zoom ?? 14.5)
        // The map keeps its place when the thing can be seen already.
        if (inSight(lon, lat) && wanted - map.getZoom() < 0.5) return
        map.easeTo({ center: [lon, lat], zoom: wanted, padding: room(), duration, retainPadding: false } as Parameters<LibreMap['easeTo']>[0])
      },
      showBoth(a, b) {
        if (inSight(...a) && inSight(...b)) return
        map.fitBounds(
          [[Math.min(a[0], b[0]), Math.min(a[1], b[1])], [Math.max(a[0], b[0]), Math.max(a[1], b[1])]],
          { padding: room(), maxZoom: 16, duration },
        )
      },
    }
    // What was opened before the map was there.
    const incident = desk.incident(desk.screen.get().incidentId)
    if (incident) desk.map.show(incident.place.lon, incident.place.lat)
    return () => {
      desk.map = null
    }
  }, [map, desk])
}
