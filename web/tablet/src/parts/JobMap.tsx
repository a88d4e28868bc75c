import {
  BaseMap,
  Icon,
  currentLanguage,
  themes,
  useThemeName,
  type Incident,
  type MapInfo,
  type ThemeName,
  type UnitStatus,
} from '@jedel/ui'
import type { Feature, FeatureCollection } from 'geojson'
import { LngLatBounds, type GeoJSONSource, type Map as LibreMap } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Fix } from '../positions/batch'
import { entrancesOf } from '../work/plan'

interface JobMapProps {
  info: MapInfo
  label: string
  here: Fix | null
  status: UnitStatus
  goal?: Incident
  route?: readonly [number, number][] | null
}

/** After a hand has moved the map, it is left alone for so long. */
const HANDS_OFF_MS = 20_000
const CLOSE_ZOOM = 16.5

/** Street map with the way to the place. It keeps what is still ahead in view, until a hand moves it. */
export function JobMap({ info, label, here, status, goal, route = null }: JobMapProps) {
  const { t } = useTranslation()
  const [theme] = useThemeName()
  const [map, setMap] = useState<LibreMap | null>(null)
  const touched = useRef(0)
  const place = goal?.place
  const plan = place?.site?.plan ?? null

  useEffect(() => {
    if (!map) return
    put(map, 'way', route ? [line(route)] : [])
    put(map, 'spots', [
      ...entrancesOf(plan).map(({ lon, lat, main }) =>
        spot([lon, lat], { icon: 'ring', kind: main ? 'main' : 'entrance' }),
      ),
      ...(place && goal ? [spot([place.lon, place.lat], { icon: `priority-${goal.priority}`, kind: 'goal' })] : []),
      ...(here ? [spot([here.lon, here.lat], { icon: `unit-${status}`, kind: 'unit' })] : []),
      ...(here?.heading !== undefined
        ? [spot([here.lon, here.lat], { icon: 'heading', kind: 'heading', turn: here.heading })]
        : []),
    ])
  }, [map, route, plan, place, goal, here, status])

  const looked = useRef(false)
  /** `always`: a hand asked for it; else the view moves only when it no longer serves. */
  const look = (map: LibreMap, always: boolean): void => {
    const seen = new LngLatBounds()
    if (here) seen.extend([here.lon, here.lat])
    if (place) seen.extend([place.lon, place.lat])
    for (const each of route ?? []) seen.extend([each[0], each[1]])
    if (seen.isEmpty()) return
    const padding = Math.min(70, map.getContainer().clientHeight / 5)
    const camera = map.cameraForBounds(seen, { padding, maxZoom: CLOSE_ZOOM })
    if (!camera) return
    if (!looked.current) map.jumpTo(camera)
    else if (always || outgrown(map, seen, camera.zoom ?? 0)) map.easeTo({ ...camera, duration: 500 })
    looked.current = true
  }
  useEffect(() => {
    if (map && Date.now() - touched.current > HANDS_OFF_MS) look(map, false)
  }, [map, place?.lon, place?.lat, route, here?.lon, here?.lat]) // eslint-disable-line react-hooks/exhaustive-deps

  return (
    <>
      <BaseMap
        info={info}
        theme={theme}
        language={currentLanguage()}
        label={label}
        zoom={14}
        onReady={(ready) => {
          addLayers(ready, theme)
          for (const event of ['dragstart', 'wheel', 'touchstart'] as const) {
            ready.on(event, () => {
              touched.current = Date.now()
            })
          }
          setMap(ready)
        }}
        onTheme={paint}
      />
      {map && goal && (
        <button
          type="button"
          className="whole-way"
          onClick={() => {
            touched.current = 0
            look(map, true)
          }}
        >
          <Icon name="route" size={28} />
          <span>{t('job.whole_way')}</span>
        </button>
      )}
    </>
  )
}

/** Something that should be seen is outside, or what is left could be seen much larger. */
const outgrown = (map: LibreMap, seen: LngLatBounds, zoom: number): boolean => {
  const shown = map.getBounds()
  return !shown.contains(seen.getSouthWest()) || !shown.contains(seen.getNorthEast()) || zoom > map.getZoom() + 0.7
}

function addLayers(map: LibreMap, theme: ThemeName): void {
  for (const id of ['way', 'spots']) map.addSource(id, { type: 'geojson', data: collection([]) })
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const
  map.addLayer({ id: 'way-halo', type: 'line', source: 'way', layout: round, paint: { 'line-width': 12 } })
  map.addLayer({ id: 'way', type: 'line', source: 'way', layout: round, paint: { 'line-width': 6 } })
  map.addLayer({
    id: 'spots',
    type: 'symbol',
    source: 'spots',
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-rotate': ['coalesce', ['get', 'turn'], 0],
      'icon-rotation-alignment': 'map',
      'icon-size': ['match', ['get', 'kind'], 'entrance', 0.3, 'main', 0.5, 'goal', 1.25, 1.2],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
    // Ways in are of use from close by; from afar they would cover the sign of the place.
    paint: { 'icon-opacity': ['step', ['zoom'], ['match', ['get', 'kind'], ['entrance', 'main'], 0, 1], 15.5, 1] },
  })
  paint(map, theme)
}

function paint(map: LibreMap, theme: ThemeName): void {
  if (!map.getLayer('way')) return
  map.setPaintProperty('way', 'line-color', themes[theme].route)
  map.setPaintProperty('way-halo', 'line-color', themes[theme].halo)
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features })
const put = (map: LibreMap, source: string, features: Feature[]): void => {
  void map.getSource<GeoJSONSource>(source)?.setData(collection(features))
}
const spot = (coordinates: [number, number], properties: Record<string, string | number>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates },
  properties,
})
const line = (route: readonly [number, number][]): Feature => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates: route.map(([lon, lat]) => [lon, lat]) },
  properties: {},
})
