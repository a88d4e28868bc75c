import type { ExpressionSpecification, LayerSpecification, Map as LibreMap, StyleSpecification } from 'maplibre-gl'
import type { Language, MapInfo } from '../domain/types'
import type { ThemeName } from '../theme/tokens'
import { type MapPalette, palettes } from './palette'

const SOURCE = 'base'
/** A CSS font family: without `glyphs` in the style MapLibre draws every letter with the page's font. */
export const MAP_FONT = ['Inter Variable']

/** Street classes as the import names them (OpenStreetMap's `highway`), broad ones last. */
const MAIN = ['motorway', 'trunk', 'primary']
const STREET = ['secondary', 'tertiary']
const kind: ExpressionSpecification = ['get', 'kind']
const among = (values: string[]): ExpressionSpecification => ['in', kind, ['literal', values]]

const widths = (small: number, middle: number, large: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.6], ['zoom'], 10, small, 14, middle, 18, large,
]

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
  const road = (id: string, filter: ExpressionSpecification, colour: string, width: ExpressionSpecification, minzoom: number, gap = 0) => ({
    id,
    type: 'line' as const,
    source: SOURCE,
    'source-layer': 'roads',
    filter,
    minzoom,
    layout: { 'line-cap': 'round' as const, 'line-join': 'round' as const },
    paint: { 'line-color': colour, 'line-width': width, ...(gap ? { 'line-opacity': gap } : {}) },
  })
  const lesser: ExpressionSpecification = ['!', among([...MAIN, ...STREET])]
  return [
    { id: 'land', type: 'background', paint: { 'background-color': p.land } },
    { id: 'landuse', type: 'fill', source: SOURCE, 'source-layer': 'landuse', paint: { 'fill-color': p.green } },
    { id: 'water', type: 'fill', source: SOURCE, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': p.water } },
    {
      id: 'rivers', type: 'line', source: SOURCE, 'source-layer': 'water', filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': p.water, 'line-width': widths(1, 3, 12) },
    },
    {
      id: 'buildings', type: 'fill', source: SOURCE, 'source-layer': 'buildings', minzoom: 14,
      paint: { 'fill-color': p.building, 'fill-outline-color': p.buildingEdge },
    },
    road('street-casing', among([...MAIN, ...STREET]), p.casing, widths(1.6, 6.5, 30), 12),
    road('minor', lesser, p.minor, widths(0.4, 1.8, 13), 12.5),
    road('streets', among(STREET), p.street, widths(0.8, 3.6, 20), 10),
    road('mains', among(MAIN), p.main, widths(1.2, 5, 25), 6),
    {
      id: 'districts', type: 'line', source: SOURCE, 'source-layer': 'districts',
      paint: { 'line-color': p.border, 'line-width': 1, 'line-dasharray': [4, 3], 'line-opacity': 0.7 },
    },
    {
      id: 'street-names', type: 'symbol', source: SOURCE, 'source-layer': 'roads', minzoom: 13,
      filter: ['has', 'name'],
      layout: {
        ...label(p.labelDim, 11).layout,
        'symbol-placement': 'line', 'text-size': ['interpolate', ['linear'], ['zoom'], 13, 10.5, 17, 13.5], 'symbol-spacing': 320,
      },
      paint: label(p.labelDim, 11).paint,
    },
    {
      id: 'house-numbers', type: 'symbol', source: SOURCE, 'source-layer': 'addresses', minzoom: 16.5,
      layout: { 'text-field': ['get', 'number'], 'text-font': MAP_FONT, 'text-size': 10.5 },
      paint: { 'text-color': p.labelDim, 'text-halo-color': p.labelHalo, 'text-halo-width': 1.2 },
    },
    { id: 'water-names', type: 'symbol', source: SOURCE, 'source-layer': 'water', minzoom: 12, ...label(p.labelWater, 12) },
    { id: 'place-names', type: 'symbol', source: SOURCE, 'source-layer': 'places', ...label(p.label, 13) },
  ] as LayerSpecification[]
}

/** The whole style; `glyphs` is absent on purpose (see MAP_FONT). */
export function baseStyle(info: MapInfo, theme: ThemeName, language: Language): StyleSpecification {
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
