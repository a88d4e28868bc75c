import { MAP_FONT, type ThemeName, themes } from '@jedel/ui'
import type { GeoJSONSource, Map as LibreMap } from 'maplibre-gl'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { mobileFeatures } from './drones'
import { useMobiles } from './useMobiles'

const SOURCE = 'drones'
/** What each drone and mobile complex sees of the ground; telemetry that is old says so, in place of the height. */
export function DronesOnMap({ map, theme }: { map: LibreMap; theme: ThemeName }) {
  const { t } = useTranslation()
  const mobiles = useMobiles()
  useEffect(() => {
    map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({ id: 'drones-ground', type: 'fill', source: SOURCE, filter: ['all', ['==', ['geometry-type'], 'Polygon'], ['!', ['get', 'stale']]] }, 'headings')
    map.addLayer({ id: 'drones-edge', type: 'line', source: SOURCE, filter: ['==', ['geometry-type'], 'Polygon'] }, 'headings')
    map.addLayer({
      id: 'drones-name',
      type: 'symbol',
      source: SOURCE,
      filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': ['get', 'label'], 'text-font': MAP_FONT, 'text-size': 12, 'text-anchor': 'bottom', 'text-offset': [0, -1.5], 'text-allow-overlap': true },
    })
    return () => {
      for (const id of ['drones-name', 'drones-edge', 'drones-ground']) if (map.getLayer(id)) map.removeLayer(id)
      if (map.getSource(SOURCE)) map.removeSource(SOURCE)
    }
  }, [map])
  useEffect(() => {
    const colours = themes[theme]
    map.setPaintProperty('drones-ground', 'fill-color', colours.unit)
    map.setPaintProperty('drones-ground', 'fill-opacity', 0.12)
    map.setPaintProperty('drones-edge', 'line-color', colours.unit)
    map.setPaintProperty('drones-edge', 'line-width', 1.5)
    map.setPaintProperty('drones-edge', 'line-dasharray', [2, 2])
    map.setPaintProperty('drones-name', 'text-color', ['case', ['get', 'stale'], colours.urgent, colours.unit])
    map.setPaintProperty('drones-name', 'text-halo-color', colours.halo)
    map.setPaintProperty('drones-name', 'text-halo-width', 1.8)
  }, [map, theme])
  useEffect(() => {
    const words = { old: (time: string) => t('map.telemetry_old', { time }), metres: t('unit.m') }
    const source = map.getSource<GeoJSONSource>(SOURCE)
    source?.setData(mobileFeatures(mobiles.data ?? [], Date.now(), words))
  }, [map, t, mobiles.data, mobiles.dataUpdatedAt])
  return null
}
