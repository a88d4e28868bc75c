import { BaseMap, type Language, MAP_FONT, type ThemeName, themes, useThemeName } from '@jedel/ui'
import { type GeoJSONSource, LngLatBounds, type LayerSpecification, type Map as LibreMap } from 'maplibre-gl'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMapInfo } from '../desk/queries'
import css from './plates.module.css'

export type LonLat = [number, number]

export interface Spot {
  at: LonLat
  icon: string
  label?: string
  turn?: number
  size?: number
  /** Given back by a click. */
  id?: string
}

export interface Line {
  points: LonLat[]
  kind: 'passed' | 'ahead' | 'apart'
}

export interface Drawing {
  spots: Spot[]
  lines: Line[]
  /** Fields of view and ways ahead. */
  areas: LonLat[][]
  /** What must be in sight; asked for anew when `key` changes. */
  fit: { key: string; points: LonLat[] }
}

interface Props {
  drawing: Drawing
  label: string
  onPick?: (id: string) => void
}

const SOURCES = ['areas', 'lines', 'spots'] as const
const CLOSEST = 15.5

/** A map of cars under cameras: what to draw is told, nothing here knows why. */
export function PlatesMap({ drawing, label, onPick }: Props) {
  const { t, i18n } = useTranslation()
  const info = useMapInfo()
  const [theme] = useThemeName()
  const [map, setMap] = useState<LibreMap | null>(null)
  const latest = useRef({ theme, onPick })
  latest.current = { theme, onPick }
  const ready = useCallback((made: LibreMap) => {
    for (const name of SOURCES) made.addSource(name, { type: 'geojson', data: collection([]) })
    for (const layer of layers(latest.current.theme)) made.addLayer(layer)
    made.on('click', 'spots', (event) => {
      const id = event.features?.[0]?.properties['id'] as string | undefined
      if (id) latest.current.onPick?.(id)
    })
    setMap(made)
  }, [])

  useEffect(() => {
    if (!map) return
    put(map, 'areas', drawing.areas.map((ring) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} })))
    put(map, 'lines', drawing.lines.map(({ points, kind }) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: points }, properties: { kind } })))
    put(map, 'spots', drawing.spots.map(({ at, ...properties }) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties })))
  }, [map, drawing])

  useEffect(() => {
    const [first, ...rest] = drawing.fit.points
    if (!map || !first) return
    const bounds = rest.reduce((seen, point) => seen.extend(point), new LngLatBounds(first, first))
    const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches
    map.fitBounds(bounds, { padding: Math.min(90, map.getContainer().clientWidth / 6), maxZoom: CLOSEST, duration: quiet ? 0 : 500 })
  }, [map, drawing.fit.key]) // eslint-disable-line react-hooks/exhaustive-deps -- the map keeps its place while the same thing is looked at

  return (
    <div className={css.map}>
      {info.data?.basemap ? (
        <BaseMap info={info.data} theme={theme} language={i18n.language as Language} onReady={ready} onTheme={repaint} label={label} zoom={12} />
      ) : (
        <p className={css.noMap}>{info.failureCount > 1 && t('map.none')}</p>
      )}
    </div>
  )
}

function layers(theme: ThemeName): LayerSpecification[] {
  const t = themes[theme]
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const
  const kind = (name: string) => ['==', ['get', 'kind'], name]
  return [
    { id: 'areas', type: 'fill', source: 'areas', paint: { 'fill-color': t.urgent, 'fill-opacity': 0.16 } },
    { id: 'area-edges', type: 'line', source: 'areas', paint: { 'line-color': t.urgent, 'line-width': 1, 'line-opacity': 0.7 } },
    { id: 'passed', type: 'line', source: 'lines', filter: kind('passed'), layout: round, paint: { 'line-color': t.route, 'line-width': 3, 'line-opacity': 0.75 } },
    { id: 'ahead', type: 'line', source: 'lines', filter: kind('ahead'), layout: round, paint: { 'line-color': t.urgent, 'line-width': 3, 'line-dasharray': [0.5, 2] } },
    { id: 'apart', type: 'line', source: 'lines', filter: kind('apart'), layout: round, paint: { 'line-color': t.urgent, 'line-width': 3, 'line-dasharray': [2, 1.5] } },
    {
      id: 'spots', type: 'symbol', source: 'spots',
      layout: {
        'icon-image': ['get', 'icon'], 'icon-rotate': ['coalesce', ['get', 'turn'], 0], 'icon-rotation-alignment': 'map',
        'icon-size': ['coalesce', ['get', 'size'], 1], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'text-field': ['coalesce', ['get', 'label'], ''], 'text-font': MAP_FONT, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.2],
        'text-allow-overlap': true, 'text-ignore-placement': true, 'text-max-width': 14,
      },
      paint: { 'text-color': t.text, 'text-halo-color': t.halo, 'text-halo-width': 2 },
    },
  ] as LayerSpecification[]
}

function repaint(map: LibreMap, theme: ThemeName): void {
  for (const layer of layers(theme)) {
    if (!map.getLayer(layer.id)) continue
    for (const [key, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, key as never, value as never)
  }
}

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features })
const put = (map: LibreMap, source: string, features: GeoJSON.Feature[]): void => {
  void map.getSource<GeoJSONSource>(source)?.setData(collection(features))
}
