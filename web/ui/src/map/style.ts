import type { ExpressionSpecification, LayerSpecification, Map as LibreMap, StyleSpecification } from 'maplibre-gl'
import type { Language, MapInfo } from '../domain/types'
import type { ThemeName } from '../theme/tokens'
import { type MapPalette, palettes } from './palette'

const SOURCE = 'base'
/** A CSS font family: without `glyphs` in the style MapLibre draws every letter with the page's font. */
export const MAP_FONT = ['Inter Variable']

/** Classes of the `roads` layer, as the map import names them. */
const MAIN = ['motorway', 'trunk', 'primary']
const STREET = ['secondary', 'tertiary']
const LESSER = ['street', 'service']
const cls: ExpressionSpecification = ['get', 'class']
const among = (values: string[]): ExpressionSpecification => ['in', cls, ['literal', values]]

const widths = (small: number, middle: number, large: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.6], ['zoom'], 10, small, 14, middle, 18, large,
]

/** Rivers are drawn wider than streams. */
const wide = (river: number, stream: number): ExpressionSpecification => ['match', ['get', 'kind'], ['river', 'canal'], river, stream]

function nameIn(language: Language): ExpressionSpecification {
  return ['coalesce', ['get', `name_${language}`], ['get', 'name'], ['get', 'name_ru'], ['get', 'name_kk']]
}

/** Layers of the basemap with the same ids in both themes, so that `restyle` can repaint in place. */
export function baseLayers(theme: ThemeName, language: Language): LayerSpecification[] {
  const p: MapPalette = palettes[theme]
  const label = (colour: string, size: number | ExpressionSpecification) => ({
    layout: {
      'text-field': nameIn(language),
      'text-font': MAP_FONT,
      'text-size': size,
      'text-max-width': 8,
    },
    paint: { 'text-color': colour, 'text-halo-color': p.labelHalo, 'text-halo-width': 1.6 },
  })
  const road = (id: string, filter: ExpressionSpecification, colour: string, width: ExpressionSpecification, minzoom: number, dash?: number[]) => ({
    id,
    type: 'line' as const,
    source: SOURCE,
    'source-layer': 'roads',
    filter,
    minzoom,
    layout: { 'line-cap': dash ? ('butt' as const) : ('round' as const), 'line-join': 'round' as const },
    paint: { 'line-color': colour, 'line-width': width, ...(dash ? { 'line-dasharray': dash } : {}) },
  })
  return [
    { id: 'land', type: 'background', paint: { 'background-color': p.land } },
    { id: 'green', type: 'fill', source: SOURCE, 'source-layer': 'green', paint: { 'fill-color': p.green } },
    { id: 'water', type: 'fill', source: SOURCE, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': p.water } },
    {
      id: 'rivers', type: 'line', source: SOURCE, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': p.water, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, wide(1.5, 0.5), 14, wide(5, 1.5), 18, wide(26, 6)] },
    },
    {
      id: 'buildings', type: 'fill', source: SOURCE, 'source-layer': 'buildings', minzoom: 14,
      paint: { 'fill-color': p.building, 'fill-outline-color': p.buildingEdge },
    },
    road('paths', among(['path', 'track']), p.minor, widths(0.4, 0.8, 3), 14.5, [2, 2]),
    road('rail', among(['rail']), p.rail, widths(0.6, 1.4, 3), 11, [4, 3]),
    road('lesser-casing', among(LESSER), p.casing, widths(0.6, 3, 16), 14),
    road('street-casing', among([...MAIN, ...STREET]), p.casing, widths(1.6, 6.5, 30), 12),
    road('lesser', among(LESSER), p.minor, widths(0.4, 1.8, 13), 12),
    road('streets', among(STREET), p.street, widths(0.8, 3.6, 20), 9),
    road('mains', among(MAIN), p.main, widths(1.2, 5, 25), 4),
    {
      id: 'districts', type: 'line', source: SOURCE, 'source-layer': 'districts',
      paint: { 'line-color': p.border, 'line-width': 1, 'line-dasharray': [4, 3], 'line-opacity': 0.6 },
    },
    {
      id: 'oneway', type: 'symbol', source: SOURCE, 'source-layer': 'roads', minzoom: 16,
      filter: ['has', 'oneway'],
      layout: {
        'symbol-placement': 'line', 'symbol-spacing': 160, 'text-field': '›', 'text-font': MAP_FONT, 'text-size': 15,
        'text-rotate': ['case', ['==', ['get', 'oneway'], -1], 180, 0], 'text-keep-upright': false, 'text-rotation-alignment': 'map',
      },
      paint: { 'text-color': p.labelDim },
    },
    {
      id: 'house-numbers', type: 'symbol', source: SOURCE, 'source-layer': 'buildings', minzoom: 16.2, filter: ['has', 'house'],
      layout: { 'text-field': ['get', 'house'], 'text-font': MAP_FONT, 'text-size': 11 },
      paint: { 'text-color': p.labelDim, 'text-halo-color': p.labelHalo, 'text-halo-width': 1.2 },
    },
    {
      id: 'street-names', type: 'symbol', source: SOURCE, 'source-layer': 'roads', minzoom: 13,
      filter: ['all', ['has', 'name'], ['!', among(['path', 'track', 'rail'])]],
      layout: {
        'text-field': nameIn(language), 'text-font': MAP_FONT, 'symbol-placement': 'line', 'symbol-spacing': 340,
        'text-size': ['interpolate', ['linear'], ['zoom'], 13, 11, 17, 13.5],
        'symbol-sort-key': ['match', cls, MAIN, 0, STREET, 1, 2],
      },
      paint: { 'text-color': p.labelDim, 'text-halo-color': p.labelHalo, 'text-halo-width': 1.6 },
    },
    {
      id: 'water-names', type: 'symbol', source: SOURCE, 'source-layer': 'water', minzoom: 12, filter: ['has', 'name'],
      layout: { 'text-field': nameIn(language), 'text-font': MAP_FONT, 'text-size': 12, 'symbol-placement': 'line', 'symbol-spacing': 500 },
      paint: { 'text-color': p.labelWater, 'text-halo-color': p.labelHalo, 'text-halo-width': 1.4 },
    },
    {
      id: 'district-names', type: 'symbol', source: SOURCE, 'source-layer': 'districts', maxzoom: 13,
      ...label(p.labelDim, 12),
    },
    { id: 'place-names', type: 'symbol', source: SOURCE, 'source-layer': 'places', ...label(p.label, 13) },
  ] as LayerSpecification[]
}

/** The whole style; `glyphs` is absent on purpose (see MAP_FONT). */
export function baseStyle(info: MapInfo, theme: ThemeName, language: Language): StyleSpecification {
  // A map imported without tiles still has its place: signs on plain ground.
  if (info.basemap === null) return { version: 8, sources: {}, layers: baseLayers(theme, language).slice(0, 1) }
  return {
    version: 8,
    sources: {
      [SOURCE]: {
        type: 'vector',
        url: `pmtiles://${new URL(info.basemap, location.href).href}`,
        attribution: info.attribution,
      },
    },
    layers: baseLayers(theme, language),
  }
}

/** Repaints the basemap for another theme or language without touching the app's own layers. */
export function restyle(map: LibreMap, theme: ThemeName, language: Language): void {
  for (const layer of baseLayers(theme, language)) {
    if (!map.getLayer(layer.id)) continue
    for (const [key, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, key as never, value as never)
    if (layer.type === 'symbol' && layer.layout?.['text-field']) {
      map.setLayoutProperty(layer.id, 'text-field', layer.layout['text-field'])
    }
  }
}
