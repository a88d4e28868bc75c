import {
  BaseMap, type Closure, Icon, type Incident, type Language, type ThemeName, type Unit, useCollection, useThemeName,
} from '@jedel/ui'
import { type GeoJSONSource, type Map as LibreMap, type MapMouseEvent } from 'maplibre-gl'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarms, useDesk, useDevices, useIncidents, useScreen, useUnits } from '../desk/context'
import { useMapInfo, useRecommendation, useRoute } from '../desk/queries'
import { ClosureTool } from './ClosureTool'
import { closureLines, devicePoints, entrancePoints, incidentPoints, routeLine, unitPoints } from './features'
import { addLayers, repaintLayers, setData } from './layers'
import css from './map.module.css'

const TOUCH = ['incidents', 'clusters', 'units', 'devices', 'devices-lost']

export function CityMap() {
  const { t, i18n } = useTranslation()
  const info = useMapInfo()
  const [theme] = useThemeName()
  const [map, setMap] = useState<LibreMap | null>(null)
  const themeNow = useRef<ThemeName>(theme)
  themeNow.current = theme
  const ready = useCallback((made: LibreMap) => {
    addLayers(made, themeNow.current)
    setMap(made)
  }, [])

  return (
    <div className={css.map}>
      {info.data ? (
        <BaseMap
          info={info.data}
          theme={theme}
          language={i18n.language as Language}
          onReady={ready}
          onTheme={repaintLayers}
          label={t('map.label')}
          zoom={13}
        />
      ) : (
        <div className={css.noMap} aria-busy={!info.failureCount}>
          {info.failureCount > 1 && <p>{t('map.none')}</p>}
        </div>
      )}
      {map && <MapContent map={map} />}
      {map && <MapTools map={map} />}
    </div>
  )
}

/** Keeps the map's sources in step with the picture. Nothing here draws through React. */
function MapContent({ map }: { map: LibreMap }) {
  const desk = useDesk()
  const incidents = useIncidents()
  const units = useUnits()
  const devices = useDevices()
  const alarms = useAlarms()
  const closures = useCollection<Closure>(desk.feed, 'closures')
  const incidentId = useScreen((screen) => screen.incidentId)
  const peek = useScreen((screen) => screen.peek)
  const found = useScreen((screen) => screen.found)
  const draft = useScreen((screen) => screen.draft)
  const drawn = useScreen((screen) => screen.drawn)
  const incident = incidents.find((each) => each.id === incidentId)

  useEffect(() => {
    const open = new Set(alarms.filter((alarm) => alarm.state === 'open').map((alarm) => alarm.id))
    const asking = new Set(incidents.filter((each) => each.alarm_ids.some((id) => open.has(id))).map((each) => each.id))
    setData(map, 'incidents', incidentPoints(incidents, asking))
  }, [map, incidents, alarms])
  useEffect(() => setData(map, 'devices', devicePoints(devices, alarms)), [map, devices, alarms])
  useEffect(() => setData(map, 'closures', closureLines(closures)), [map, closures])
  useEffect(() => setData(map, 'entrances', entrancePoints(incident)), [map, incident])
  useEffect(() => setData(map, 'drawn', routeLine(drawn, false)), [map, drawn])
  useUnitsOnMap(map, units)
  useMarks(map, incident, peek, found, draft?.place ?? null)
  useRouteOnMap(map, incident)
  useHandle(map)
  useClicks(map)
  return null
}

/** Units move once a second: their source is set from the positions, at most once a frame. */
function useUnitsOnMap(map: LibreMap, units: Unit[]): void {
  const desk = useDesk()
  const present = useRef(units)
  present.current = units
  useEffect(() => {
    let frame = 0
    const paint = () => {
      frame = 0
      setData(map, 'units', unitPoints(present.current, (id) => desk.positions.get(id)))
      const following = desk.screen.get().following
      const position = following ? desk.positions.get(following) : undefined
      if (position) map.easeTo({ center: [position[1], position[2]], duration: 900, essential: true })
    }
    const soon = () => {
      if (!frame) frame = requestAnimationFrame(paint)
    }
    soon()
    const stop = desk.positions.subscribe(soon)
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [map, desk, units])
}

/** Rings around what is selected or looked for: an outline, never a fill. */
function useMarks(
  map: LibreMap, incident: Incident | undefined, peek: { kind: 'unit' | 'device'; id: string } | null,
  found: { lon: number; lat: number; label: unknown } | null, place: { lon: number; lat: number; label: string } | null,
): void {
  const desk = useDesk()
  const lookedAt = useScreen((screen) => screen.lookedAt)
  const devices = useDevices()
  useEffect(() => {
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
      setData(map, 'marks', {
        type: 'FeatureCollection',
        features: spots.map(([lon, lat, label]) => ({
          type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { icon: 'ring', ...(label ? { label } : {}) },
        })),
      })
    }
    paint()
    return desk.positions.subscribe(paint)
  }, [map, desk, incident, peek, found, place, lookedAt, devices])
}

/** The way of the unit that is looked at, of the one that is sent, or of the best one. */
function useRouteOnMap(map: LibreMap, incident: Incident | undefined): void {
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

/** Lets lists and the card move the map; what they show is never under the card. */
function useHandle(map: LibreMap): void {
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

function useClicks(map: LibreMap): void {
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
    const letGo = () => {
      if (desk.screen.get().following) desk.screen.set({ following: null })
    }
    map.on('click', click)
    map.on('mousemove', move)
    map.on('dragstart', letGo)
    return () => {
      map.off('click', click)
      map.off('mousemove', move)
      map.off('dragstart', letGo)
    }
  }, [map, desk, pick])
}

function MapTools({ map }: { map: LibreMap }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const following = useScreen((screen) => screen.following)
  const picking = useScreen((screen) => screen.picking)
  const sign = useUnits().find((unit) => unit.id === following)?.call_sign
  return (
    <>
      <div className={css.tools}>
        <button type="button" title={t('map.zoom_in')} aria-label={t('map.zoom_in')} onClick={() => map.zoomIn()}>
          <Icon name="plus" />
        </button>
        <button type="button" title={t('map.zoom_out')} aria-label={t('map.zoom_out')} onClick={() => map.zoomOut()}>
          <Icon name="minus" />
        </button>
        {desk.mayDispatch && (
          <button
            type="button"
            title={t('closure.draw')}
            aria-label={t('closure.draw')}
            aria-pressed={picking === 'closure'}
            onClick={() => desk.screen.set({ picking: picking === 'closure' ? null : 'closure', drawn: [], peek: null })}
          >
            <Icon name="barrier" />
          </button>
        )}
      </div>
      {picking === 'closure' && <ClosureTool />}
      {following && (
        <button type="button" className={css.following} onClick={() => desk.screen.set({ following: null })}>
          <Icon name="follow" size={16} />
          {t('map.following', { unit: sign ?? '' })}
          <kbd>Esc</kbd>
        </button>
      )}
    </>
  )
}
