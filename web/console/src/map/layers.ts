import { MAP_FONT, type ThemeName, themes, whenPicturesStand } from '@jedel/ui'
import type { GeoJSONSource, LayerSpecification, Map as LibreMap } from 'maplibre-gl'

export const SOURCES = ['closures', 'drawn', 'route', 'devices', 'entrances', 'incidents', 'units', 'marks'] as const
export type SourceName = (typeof SOURCES)[number]

/** Under this zoom incidents that lie close are one sign: the worst of them, with their number. */
const CLUSTER_BELOW = 13

/** Bottom to top. The ids stay the same in both themes, so that they can be repainted in place. */
function layers(theme: ThemeName): LayerSpecification[] {
  const t = themes[theme]
  const text = (size: number) => ({ 'text-font': MAP_FONT, 'text-size': size })
  const halo = { 'text-halo-color': t.halo, 'text-halo-width': 1.8 }
  return [
    {
      id: 'closures', type: 'line', source: 'closures',
      layout: { 'line-cap': 'butt' },
      paint: { 'line-color': t.urgent, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 2, 16, 7], 'line-dasharray': [1.2, 0.8] },
    },
    { id: 'drawn', type: 'line', source: 'drawn', layout: { 'line-cap': 'round' }, paint: { 'line-color': t.focus, 'line-width': 4, 'line-dasharray': [0.5, 1.8] } },
    { id: 'route-casing', type: 'line', source: 'route', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': t.halo, 'line-width': 8, 'line-opacity': 0.8 } },
    { id: 'route', type: 'line', source: 'route', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': t.route, 'line-width': 3.5 } },
    {
      id: 'devices-far', type: 'circle', source: 'devices', maxzoom: 12.5, filter: ['==', ['get', 'rank'], 0],
      paint: { 'circle-radius': 2.2, 'circle-color': t.dim, 'circle-opacity': 0.7 },
    },
    {
      id: 'devices', type: 'symbol', source: 'devices', minzoom: 12.5,
      layout: {
        'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'rank'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 12.5, 0.7, 15, 1],
        'text-field': ['step', ['zoom'], '', 15.2, ['get', 'name']], ...text(12), 'text-anchor': 'top', 'text-offset': [0, 1], 'text-optional': true, 'text-max-width': 12,
      },
      paint: { 'text-color': t.dim, ...halo },
    },
    {
      id: 'devices-lost', type: 'symbol', source: 'devices', maxzoom: 12.5, filter: ['==', ['get', 'rank'], 1],
      layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-size': 0.7 },
    },
    {
      id: 'entrances', type: 'circle', source: 'entrances', minzoom: 14.5,
      paint: { 'circle-radius': 4, 'circle-color': t.halo, 'circle-stroke-color': t.text, 'circle-stroke-width': 2 },
    },
    {
      id: 'marks', type: 'symbol', source: 'marks',
      layout: {
        'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'text-field': ['coalesce', ['get', 'label'], ''], ...text(13), 'text-anchor': 'bottom', 'text-offset': [0, -1.8], 'text-allow-overlap': true,
      },
      paint: { 'text-color': t.text, ...halo },
    },
    {
      id: 'headings', type: 'symbol', source: 'units', minzoom: 12, filter: ['has', 'heading'],
      layout: { 'icon-image': 'heading', 'icon-rotate': ['get', 'heading'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
    {
      id: 'units', type: 'symbol', source: 'units',
      layout: {
        'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'rank'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.6, 13.5, 0.9, 16, 1.1],
        'text-field': ['step', ['zoom'], ['case', ['==', ['get', 'rank'], 2], ['get', 'sign'], ''], 13, ['get', 'sign']],
        ...text(12), 'text-anchor': 'top', 'text-offset': [0, 0.95], 'text-optional': true,
      },
      paint: { 'text-color': t.unit, ...halo },
    },
    {
      id: 'incidents', type: 'symbol', source: 'incidents', filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'rank'],
        // An alarm that nobody has answered is drawn larger than all else.
        'icon-size': ['interpolate', ['linear'], ['zoom'], 10, ['case', ['get', 'asks'], 1, 0.75], 14, ['case', ['get', 'asks'], 1.3, 1]],
        'text-field': ['step', ['zoom'], '', 12.5, ['concat', '№ ', ['get', 'number']]], ...text(12),
        'text-anchor': 'bottom', 'text-offset': [0, -1.85], 'text-optional': true,
      },
      paint: { 'text-color': t.text, ...halo },
    },
    {
      id: 'clusters', type: 'symbol', source: 'incidents', filter: ['has', 'point_count'],
      layout: {
        'icon-image': ['concat', 'priority-', ['match', ['get', 'worst'], 4, 'emergency', 3, 'urgent', 2, 'routine', 'information']],
        'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'worst'],
        'text-field': ['concat', '× ', ['to-string', ['get', 'point_count']]], ...text(13), 'text-anchor': 'left', 'text-offset': [1.1, 0], 'text-allow-overlap': true,
      },
      paint: { 'text-color': t.text, ...halo },
    },
  ] as LayerSpecification[]
}

export function addLayers(map: LibreMap, theme: ThemeName): void {
  const none: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
  for (const name of SOURCES) {
    map.addSource(name, {
      type: 'geojson',
      data: none,
      ...(name === 'incidents'
        ? { cluster: true, clusterMaxZoom: CLUSTER_BELOW - 1, clusterRadius: 26, clusterProperties: { worst: ['max', ['get', 'rank']] } }
        : {}),
    })
  }
  for (const layer of layers(theme)) map.addLayer(layer)
}

export function repaintLayers(map: LibreMap, theme: ThemeName): void {
  for (const layer of layers(theme)) {
    for (const [key, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, key as never, value as never)
  }
}

export function setData(map: LibreMap, name: SourceName, data: GeoJSON.FeatureCollection): void {
  const source = map.getSource(name) as GeoJSONSource | undefined
  source?.setData(data)
}

const SOON_MS = 200
const waiting = new WeakMap<LibreMap, Map<SourceName, GeoJSON.FeatureCollection>>()

/**
 * As `setData`, in a moment: what an alarm changes in several sources is one drawing, and it comes after the pictures of
 * the cameras that the alarm opened.
 */
export function setDataSoon(map: LibreMap, name: SourceName, data: GeoJSON.FeatureCollection): void {
  const due = waiting.get(map)
  if (due) {
    due.set(name, data)
    return
  }
  const mine = new Map([[name, data]])
  waiting.set(map, mine)
  const draw = () => {
    waiting.delete(map)
    if (!map.getContainer().isConnected) return
    for (const [each, what] of mine) setData(map, each, what)
  }
  setTimeout(() => whenPicturesStand(draw), SOON_MS)
}
