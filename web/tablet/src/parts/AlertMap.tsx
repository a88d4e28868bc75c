import { BaseMap, currentLanguage, themes, useThemeName, type MapInfo, type ThemeName, type UnitStatus } from '@jedel/ui'
import type { Feature, FeatureCollection } from 'geojson'
import { LngLatBounds, type GeoJSONSource, type Map as LibreMap } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'

import type { Fix } from '../positions/batch'
import { told } from '../work/alerts'
import type { AlertView } from '../work/types'

interface AlertMapProps {
  info: MapInfo
  label: string
  alert: AlertView
  unitId: string
  here: Fix | null
  status: UnitStatus
}

const HANDS_OFF_MS = 20_000

/** Where the car was seen and which way it drives, where to meet it, and where we are. */
export function AlertMap({ info, label, alert, unitId, here, status }: AlertMapProps) {
  const [theme] = useThemeName()
  const [map, setMap] = useState<LibreMap | null>(null)
  const touched = useRef(0)
  const meet = told(alert, unitId)?.meet ?? null
  const { camera } = alert.read
  const heading = alert.read.heading ?? camera.heading
  const way = alert.passings.map((each): [number, number] => [each.camera.lon, each.camera.lat])

  useEffect(() => {
    if (!map) return
    put(map, 'passed', way.length > 1 ? [line(way)] : [])
    put(map, 'ahead', meet ? [line([[camera.lon, camera.lat], [meet.lon, meet.lat]])] : [])
    put(map, 'spots', [
      spot([camera.lon, camera.lat], { icon: 'place-camera', kind: 'camera' }),
      ...(heading === null ? [] : [spot([camera.lon, camera.lat], { icon: 'arrow', kind: 'arrow', turn: heading })]),
      ...(meet ? [spot([meet.lon, meet.lat], { icon: 'ring', kind: 'meet' })] : []),
      ...(here ? [spot([here.lon, here.lat], { icon: `unit-${status}`, kind: 'unit' })] : []),
    ])
  }, [map, alert, here, status]) // eslint-disable-line react-hooks/exhaustive-deps

  useEffect(() => {
    if (!map || Date.now() - touched.current < HANDS_OFF_MS) return
    const seen = new LngLatBounds([camera.lon, camera.lat], [camera.lon, camera.lat])
    if (meet) seen.extend([meet.lon, meet.lat])
    if (here) seen.extend([here.lon, here.lat])
    const frame = map.cameraForBounds(seen, { padding: Math.min(60, map.getContainer().clientHeight / 5), maxZoom: 15.5 })
    if (frame) map.easeTo({ ...frame, duration: 400 })
  }, [map, camera.lon, camera.lat, meet?.lon, meet?.lat, here?.lon, here?.lat])

  return (
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
  )
}

function addLayers(map: LibreMap, theme: ThemeName): void {
  for (const id of ['passed', 'ahead', 'spots']) map.addSource(id, { type: 'geojson', data: collection([]) })
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const
  map.addLayer({ id: 'passed', type: 'line', source: 'passed', layout: round, paint: { 'line-width': 4 } })
  map.addLayer({
    id: 'ahead',
    type: 'line',
    source: 'ahead',
    layout: round,
    paint: { 'line-width': 4, 'line-dasharray': [0.5, 2] },
  })
  map.addLayer({
    id: 'spots',
    type: 'symbol',
    source: 'spots',
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-rotate': ['coalesce', ['get', 'turn'], 0],
      'icon-rotation-alignment': 'map',
      'icon-size': ['match', ['get', 'kind'], 'camera', 1.5, 'arrow', 1.3, 1.2],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
  })
  paint(map, theme)
}

function paint(map: LibreMap, theme: ThemeName): void {
  if (!map.getLayer('ahead')) return
  map.setPaintProperty('ahead', 'line-color', themes[theme].urgent)
  map.setPaintProperty('passed', 'line-color', themes[theme].dim)
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
const line = (coordinates: [number, number][]): Feature => ({
  type: 'Feature',
  geometry: { type: 'LineString', coordinates },
  properties: {},
})
