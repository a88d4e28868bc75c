import { Icon, type ThemeName } from '@jedel/ui'
import type { Map as LibreMap, MapMouseEvent } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../../desk/context'
import css from '../map.module.css'
import { addCameras, type CameraFilter, type CameraSign, filterCameras, NO_FILTER, refreshCameras, removeCameras, repaintCameras, showChosen, signAt } from './layer'
import { CameraPeek } from './CameraPeek'
import own from './cameras.module.css'

const EVERY_MS = 5_000
const OTHERS = ['incidents', 'clusters', 'units', 'devices', 'devices-lost']
const KINDS = ['fixed', 'ptz', 'mobile', 'drone', 'badge', 'post'] as const

/** All cameras on the map while they are asked for (key V): signs, clusters, a filter, the card of one of them. */
export function CamerasOnMap({ map, theme }: { map: LibreMap; theme: ThemeName }) {
  const on = useScreen((screen) => screen.camerasOnMap)
  const [filter, setFilter] = useState<CameraFilter>(NO_FILTER)
  const [chosen, setChosen] = useState<CameraSign | null>(null)
  const now = useRef({ theme, filter })
  now.current = { theme, filter }

  useEffect(() => {
    if (!on) return
    addCameras(map, now.current.theme, now.current.filter)
    const again = window.setInterval(() => {
      if (document.visibilityState === 'visible') refreshCameras(map)
    }, EVERY_MS)
    return () => {
      window.clearInterval(again)
      setChosen(null)
      removeCameras(map)
    }
  }, [map, on])
  useEffect(() => repaintCameras(map, theme), [map, theme])
  useEffect(() => filterCameras(map, filter), [map, filter])
  useSigns(map, on, chosen, setChosen)

  if (!on) return null
  return (
    <>
      <Filter filter={filter} onChange={setFilter} />
      {chosen && <CameraPeek key={chosen.id} sign={chosen} onClose={() => setChosen(null)} />}
    </>
  )
}

/** The pointer shows where a camera looks; a click opens its card, or comes nearer to a cluster. */
function useSigns(map: LibreMap, on: boolean, chosen: CameraSign | null, choose: (sign: CameraSign | null) => void): void {
  const desk = useDesk()
  const held = useRef(chosen)
  held.current = chosen
  useEffect(() => {
    if (on) showChosen(map, chosen)
  }, [map, on, chosen])
  useEffect(() => {
    if (!on) return
    let hovered: string | null = null
    const taken = () => {
      const now = desk.screen.get()
      return now.picking !== null || now.draft !== null
    }
    const another = (event: MapMouseEvent) => map.queryRenderedFeatures(event.point, { layers: OTHERS.filter((id) => map.getLayer(id)) }).length > 0
    const move = (event: MapMouseEvent) => {
      if (taken()) return
      const sign = signAt(map, event.point)
      if (sign) map.getCanvas().style.cursor = 'pointer'
      const id = sign && sign !== 'cluster' ? sign.id : null
      if (id === hovered) return
      hovered = id
      showChosen(map, sign && sign !== 'cluster' ? sign : held.current)
    }
    const click = (event: MapMouseEvent) => {
      if (taken() || another(event)) return
      const sign = signAt(map, event.point)
      if (sign === 'cluster') map.easeTo({ center: event.lngLat, zoom: Math.min(map.getZoom() + 2, 18) })
      else if (sign) {
        desk.screen.set({ peek: null })
        choose(sign)
      }
    }
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && held.current) choose(null)
    }
    map.on('mousemove', move)
    map.on('click', click)
    window.addEventListener('keydown', key)
    return () => {
      map.off('mousemove', move)
      map.off('click', click)
      window.removeEventListener('keydown', key)
    }
  }, [map, on, desk, choose])
}

function Filter({ filter, onChange }: { filter: CameraFilter; onChange: (next: CameraFilter) => void }) {
  const { t } = useTranslation()
  const states = [null, 'down', 'recording'] as const
  return (
    <div className={own.filter} role="group" aria-label={t('map.cameras')}>
      <Icon name="camera" size={16} />
      {states.map((state) => (
        <button key={state ?? 'all'} type="button" className={css.button} aria-pressed={filter.state === state} onClick={() => onChange({ ...filter, state })}>
          {t(`map.cameras_${state ?? 'all'}`)}
        </button>
      ))}
      <select value={filter.kind ?? ''} aria-label={t('map.cameras_kind')} onChange={(event) => onChange({ ...filter, kind: event.target.value || null })}>
        <option value="">{t('map.cameras_any_kind')}</option>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`camkind.${kind}`)}
          </option>
        ))}
      </select>
    </div>
  )
}
