import { AttributionControl, addProtocol, type Map as LibreMap, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { Protocol } from 'pmtiles'
import { useEffect, useRef } from 'react'
import type { Language, MapInfo } from '../domain/types'
import type { ThemeName } from '../theme/tokens'
import { CalmMap } from './CalmMap'
import { addImages } from './images'
import { baseStyle, MAP_FONT, restyle } from './style'

let prepared = false
function prepare(): void {
  if (prepared) return
  setWorkerUrl(workerUrl)
  addProtocol('pmtiles', new Protocol().tile)
  prepared = true
}

export interface BaseMapProps {
  info: MapInfo
  theme: ThemeName
  language: Language
  /** Once, when the basemap and the icon images are in: add sources and layers here. */
  onReady: (map: LibreMap) => void
  /** After every repaint for another theme, for the app's own layers. */
  onTheme?: (map: LibreMap, theme: ThemeName) => void
  /** Words for a screen reader. */
  label: string
  className?: string
  zoom?: number
}

/** Our basemap, ready for an app's layers. It keeps its place and layers over theme and language changes. */
export function BaseMap({ info, theme, language, onReady, onTheme, label, className, zoom = 12 }: BaseMapProps) {
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<LibreMap | null>(null)
  const latest = useRef({ onReady, onTheme, theme, language })
  latest.current = { onReady, onTheme, theme, language }

  useEffect(() => {
    if (!box.current) return
    prepare()
    let gone = false
    let made: LibreMap | null = null
    const container = box.current
    const start = () => {
      if (gone) return
      made = new CalmMap({
        container,
        style: baseStyle(info, latest.current.theme, latest.current.language),
        center: [info.centre.lon, info.centre.lat],
        zoom,
        minZoom: 8,
        maxZoom: 19,
        maxBounds: grown(info.bounds),
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        keyboard: true,
        fadeDuration: 0,
      })
      made.touchZoomRotate.disableRotation()
      made.addControl(new AttributionControl({ compact: false }), 'bottom-left')
      made.once('load', () => {
        if (gone || !made) return
        // Theme and language may have been switched while the tiles came.
        restyle(made, latest.current.theme, latest.current.language)
        addImages(made, latest.current.theme)
        map.current = made
        latest.current.onReady(made)
      })
    }
    // Letters are drawn with the page's font: wait for it, or the map would keep the fallback's shapes.
    document.fonts.load(`14px '${MAP_FONT[0]}'`, 'Әғқңөұүһі').then(start, start)
    return () => {
      gone = true
      map.current = null
      made?.remove()
    }
  }, [info, zoom])

  useEffect(() => {
    if (!map.current) return
    restyle(map.current, theme, language)
    addImages(map.current, theme)
    latest.current.onTheme?.(map.current, theme)
  }, [theme, language])

  return <div ref={box} className={className} role="region" aria-label={label} style={{ width: '100%', height: '100%' }} />
}

/** Half a map's width of room around it, so that its edge can be looked at. */
function grown({ west, south, east, north }: MapInfo['bounds']): [number, number, number, number] {
  const [x, y] = [(east - west) / 2, (north - south) / 2]
  return [west - x, south - y, east + x, north + y]
}
