/** The layer of all cameras: vector tiles of our own (docs/design/camera-map.md), drawn under everything else. */
import { MAP_FONT, type ThemeName, themes } from '@jedel/ui'
import type { GeoJSONSource, LayerSpecification, Map as LibreMap, VectorTileSource } from 'maplibre-gl'

const SOURCE = 'cameras'
const CHOSEN = 'camera-chosen'
export const CAMERA_LAYERS = ['camera-signs', 'camera-clusters'] as const
/** A cluster stands beside its place, which may have a sign of its own: a school's button, a patrol. */
const ASIDE: [number, number] = [16, -14]
/** Tiles of this zoom are enlarged beyond it. */
const TILES_TO = 17

export interface CameraFilter {
  state: 'down' | 'recording' | null
  kind: string | null
}

export const NO_FILTER: CameraFilter = { state: null, kind: null }

/** What a camera's sign on the map says of it. */
export interface CameraSign {
  id: string
  kind: string
  state: 'up' | 'recording' | 'down' | 'unknown'
  lon: number
  lat: number
  heading?: number
  fov?: number
  range?: number
}

export function tilesUrl(filter: CameraFilter): string {
  const query = new URLSearchParams()
  if (filter.state) query.set('state', filter.state)
  if (filter.kind) query.set('kind', filter.kind)
  return `${location.origin}/api/cameras/tiles/{z}/{x}/{y}.mvt${query.size ? `?${query}` : ''}`
}

function layers(theme: ThemeName): LayerSpecification[] {
  const t = themes[theme]
  const text = (size: number) => ({ 'text-font': MAP_FONT, 'text-size': size, 'text-allow-overlap': true, 'text-ignore-placement': true })
  const number = ['to-string', ['get', 'n']]
  return [
    {
      id: 'camera-wedge', type: 'fill', source: CHOSEN, filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': t.focus, 'fill-opacity': 0.16, 'fill-outline-color': t.focus },
    },
    {
      id: 'camera-clusters', type: 'circle', source: SOURCE, 'source-layer': 'clusters',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['log10', ['max', ['get', 'n'], 1]], 0, 9, 2, 14, 4, 21, 6, 27],
        'circle-color': t.surface, 'circle-opacity': 0.9, 'circle-stroke-color': t.dim, 'circle-stroke-width': 1.2, 'circle-translate': ASIDE,
      },
    },
    {
      id: 'camera-counts', type: 'symbol', source: SOURCE, 'source-layer': 'clusters',
      layout: { 'text-field': number, ...text(12) }, paint: { 'text-color': t.text, 'text-translate': ASIDE },
    },
    {
      id: 'camera-down-counts', type: 'symbol', source: SOURCE, 'source-layer': 'clusters', filter: ['>', ['get', 'down'], 0],
      layout: {
        'icon-image': 'camera-down', 'icon-size': 0.75, 'icon-offset': [-4, 24], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'text-field': ['to-string', ['get', 'down']], 'text-anchor': 'left', 'text-offset': [0.45, 1.5], ...text(12),
      },
      paint: { 'icon-translate': ASIDE, 'text-translate': ASIDE, 'text-color': t.text, 'text-halo-color': t.halo, 'text-halo-width': 1.8 },
    },
    {
      id: 'camera-signs', type: 'symbol', source: SOURCE, 'source-layer': 'cameras',
      layout: {
        'icon-image': ['concat', 'camera-', ['get', 'state']],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.6, 15, 0.9, 17, 1.15],
        'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'symbol-sort-key': ['match', ['get', 'state'], 'down', 3, 'recording', 2, 'up', 1, 0],
      },
    },
    {
      id: 'camera-ring', type: 'symbol', source: CHOSEN, filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'icon-image': 'ring', 'icon-size': 0.75, 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
  ] as LayerSpecification[]
}

/** Under the signs of units and incidents, which cameras never cover. */
export function addCameras(map: LibreMap, theme: ThemeName, filter: CameraFilter): void {
  if (map.getSource(SOURCE)) return
  map.addSource(SOURCE, { type: 'vector', tiles: [tilesUrl(filter)], minzoom: 0, maxzoom: TILES_TO })
  asked.set(map.getSource(SOURCE)!, tilesUrl(filter))
  map.addSource(CHOSEN, { type: 'geojson', data: nothing() })
  const under = map.getLayer('closures') ? 'closures' : undefined
  for (const layer of layers(theme)) map.addLayer(layer, under)
}

export function removeCameras(map: LibreMap): void {
  if (!map.getSource(SOURCE)) return
  for (const layer of layers('dark')) if (map.getLayer(layer.id)) map.removeLayer(layer.id)
  map.removeSource(SOURCE)
  map.removeSource(CHOSEN)
}

export function repaintCameras(map: LibreMap, theme: ThemeName): void {
  for (const layer of layers(theme)) {
    if (!map.getLayer(layer.id)) continue
    for (const [key, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, key as never, value as never)
  }
}

/** What each source was last asked for; its own `tiles` are there only when it has loaded. */
const asked = new WeakMap<object, string>()

export function filterCameras(map: LibreMap, filter: CameraFilter): void {
  const source = map.getSource(SOURCE) as VectorTileSource | undefined
  const url = tilesUrl(filter)
  if (!source || asked.get(source) === url) return
  asked.set(source, url)
  source.setTiles([url])
}

/** Asks for what is in sight again; what has not changed comes from the browser's store. */
export function refreshCameras(map: LibreMap): void {
  if (map.getSource(SOURCE)) map.refreshTiles(SOURCE)
}

/** The camera that the pointer is on, or whose card is open: a ring, and where it looks. */
export function showChosen(map: LibreMap, camera: CameraSign | null): void {
  const source = map.getSource(CHOSEN) as GeoJSONSource | undefined
  if (!source) return
  const features: GeoJSON.Feature[] = []
  if (camera) {
    features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [camera.lon, camera.lat] }, properties: {} })
    const corners = wedge(camera)
    if (corners) features.push({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [corners] }, properties: {} })
  }
  source.setData({ type: 'FeatureCollection', features })
}

const nothing = (): GeoJSON.FeatureCollection => ({ type: 'FeatureCollection', features: [] })
const DEGREE_M = 111_195
const STEP_DEG = 6

/** The ground that a camera sees, as a ring of corners; null where nobody wrote down where it looks. */
export function wedge(camera: Pick<CameraSign, 'lon' | 'lat' | 'heading' | 'fov' | 'range'>): [number, number][] | null {
  const { lon, lat, heading, fov, range } = camera
  if (heading === undefined || !fov || !range) return null
  const at = (bearing: number): [number, number] => {
    const radians = (bearing * Math.PI) / 180
    return [lon + (range * Math.sin(radians)) / (DEGREE_M * Math.cos((lat * Math.PI) / 180)), lat + (range * Math.cos(radians)) / DEGREE_M]
  }
  const steps = Math.max(2, Math.ceil(fov / STEP_DEG))
  const arc = Array.from({ length: steps + 1 }, (_, nth) => at(heading - fov / 2 + (fov * nth) / steps))
  return [[lon, lat], ...arc, [lon, lat]]
}

export function signAt(map: LibreMap, point: { x: number; y: number }): CameraSign | 'cluster' | null {
  const layers = CAMERA_LAYERS.filter((id) => map.getLayer(id))
  if (layers.length === 0) return null
  const box: [[number, number], [number, number]] = [[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]]
  const hit = map.queryRenderedFeatures(box, { layers })[0]
  if (!hit) return null
  if (hit.layer.id === 'camera-clusters') return 'cluster'
  const [lon, lat] = (hit.geometry as GeoJSON.Point).coordinates as [number, number]
  const said = hit.properties as Omit<CameraSign, 'lon' | 'lat'>
  return { ...said, lon, lat }
}
