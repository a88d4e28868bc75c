import type { GeoJSONSource, Map as LibreMap, MapMouseEvent } from 'maplibre-gl'
import { useEffect } from 'react'
import { useDesk, useScreen } from '../desk/context'
import { placeNamed } from '../desk/place'

const TOUCH = ['incidents', 'clusters', 'units', 'devices', 'devices-lost']

/** A click opens what is under it, or gives a place while one is asked for; the other button points at a place. */
export function useMapClicks(map: LibreMap): void {
  const desk = useDesk()
  const picking = useScreen((screen) => screen.picking)
  const draft = useScreen((screen) => screen.draft !== null)
  const pick = picking !== null || draft
  useEffect(() => {
    map.getCanvas().style.cursor = pick ? 'crosshair' : ''
    const click = (event: MapMouseEvent) => {
      const { lng, lat } = event.lngLat
      const now = desk.screen.get()
      if (now.picking === 'closure') return desk.screen.set({ drawn: [...now.drawn, [lng, lat]] })
      if (now.draft) return desk.screen.set({ draft: { ...now.draft, place: { lon: lng, lat, label: '' } } })
      const hit = map.queryRenderedFeatures(
        [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]],
        { layers: TOUCH },
      )[0]
      if (!hit) return
      const id = String(hit.properties['id'])
      if (hit.layer.id === 'incidents') desk.open(id, false)
      else if (hit.layer.id === 'clusters') {
        const source = map.getSource('incidents') as GeoJSONSource
        void source.getClusterExpansionZoom(Number(hit.properties['cluster_id'])).then((zoom) => {
          map.easeTo({ center: (hit.geometry as GeoJSON.Point).coordinates as [number, number], zoom: zoom + 0.3 })
        })
      } else desk.screen.set({ peek: { kind: hit.layer.id === 'units' ? 'unit' : 'device', id } })
    }
    const move = (event: MapMouseEvent) => {
      if (pick) return
      map.getCanvas().style.cursor = map.queryRenderedFeatures(event.point, { layers: TOUCH }).length > 0 ? 'pointer' : ''
    }
    const point = (event: MapMouseEvent) => {
      event.preventDefault()
      if (pick) return
      const { lng, lat } = event.lngLat
      desk.screen.set({ peek: null, found: placeNamed(`${lat.toFixed(5)}, ${lng.toFixed(5)}`, lng, lat, 'point') })
    }
    const letGo = () => {
      if (desk.screen.get().following) desk.screen.set({ following: null })
    }
    map.on('click', click)
    map.on('contextmenu', point)
    map.on('mousemove', move)
    map.on('dragstart', letGo)
    return () => {
      map.off('click', click)
      map.off('contextmenu', point)
      map.off('mousemove', move)
      map.off('dragstart', letGo)
    }
  }, [map, desk, pick])
}
