import { BaseMap, type Closure, Icon, type Language, type ThemeName, useCollection, useThemeName } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarms, useDesk, useDevices, useIncidents, useScreen, useUnits } from '../desk/context'
import { useMapInfo } from '../desk/queries'
import { CamerasOnMap } from './cameras/CamerasOnMap'
import { ClosureTool } from './ClosureTool'
import { DronesOnMap } from './DronesOnMap'
import { closureLines, devicePoints, entrancePoints, incidentPoints, routeLine } from './features'
import { addLayers, repaintLayers, setData, setDataSoon } from './layers'
import css from './map.module.css'
import { useMapClicks } from './useMapClicks'
import { useMapHandle } from './useMapHandle'
import { useMarks } from './useMarks'
import { useRouteOnMap } from './useRouteOnMap'
import { useUnitsOnMap } from './useUnitsOnMap'

export function CityMap() {
  const { t, i18n } = useTranslation()
  const info = useMapInfo()
  const [theme] = useThemeName()
  const [map, setMap] = useState<LibreMap | null>(null)
  const themeNow = useRef<ThemeName>(theme)
  themeNow.current = theme
  const ready = useCallback((made: LibreMap) => {
    addLayers(made, themeNow.current)
    setMap(made)
  }, [])

  return (
    <div className={css.map}>
      {info.data ? (
        <BaseMap
          info={info.data}
          theme={theme}
          language={i18n.language as Language}
          onReady={ready}
          onTheme={repaintLayers}
          label={t('map.label')}
          zoom={13}
        />
      ) : (
        <div className={css.noMap} aria-busy={!info.failureCount}>
          {info.failureCount > 1 && <p>{t('map.none')}</p>}
        </div>
      )}
      {map && <MapContent map={map} />}
      {map && <MapTools map={map} />}
      {map && <DronesOnMap map={map} theme={theme} />}
      {map && <CamerasOnMap map={map} theme={theme} />}
    </div>
  )
}

/** Keeps the map's sources in step with the picture. Nothing here draws through React. */
function MapContent({ map }: { map: LibreMap }) {
  const desk = useDesk()
  const incidents = useIncidents()
  const units = useUnits()
  const devices = useDevices()
  const alarms = useAlarms()
  const closures = useCollection<Closure>(desk.feed, 'closures')
  const incidentId = useScreen((screen) => screen.incidentId)
  const peek = useScreen((screen) => screen.peek)
  const found = useScreen((screen) => screen.found)
  const draft = useScreen((screen) => screen.draft)
  const drawn = useScreen((screen) => screen.drawn)
  const incident = incidents.find((each) => each.id === incidentId)

  useEffect(() => {
    const open = new Set(alarms.filter((alarm) => alarm.state === 'open').map((alarm) => alarm.id))
    const asking = new Set(incidents.filter((each) => each.alarm_ids.some((id) => open.has(id))).map((each) => each.id))
    setDataSoon(map, 'incidents', incidentPoints(incidents, asking))
  }, [map, incidents, alarms])
  useEffect(() => setDataSoon(map, 'devices', devicePoints(devices, alarms)), [map, devices, alarms])
  useEffect(() => setData(map, 'closures', closureLines(closures)), [map, closures])
  useEffect(() => setData(map, 'entrances', entrancePoints(incident)), [map, incident])
  useEffect(() => setData(map, 'drawn', routeLine(drawn, false)), [map, drawn])
  useUnitsOnMap(map, units)
  useMarks(map, incident, peek, found, draft?.place ?? null)
  useRouteOnMap(map, incident)
  useMapHandle(map)
  useMapClicks(map)
  return null
}

function MapTools({ map }: { map: LibreMap }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const following = useScreen((screen) => screen.following)
  const picking = useScreen((screen) => screen.picking)
  const camerasOn = useScreen((screen) => screen.camerasOnMap)
  const sign = useUnits().find((unit) => unit.id === following)?.call_sign
  return (
    <>
      <div className={css.tools}>
        <button type="button" title={t('map.zoom_in')} aria-label={t('map.zoom_in')} onClick={() => map.zoomIn()}>
          <Icon name="plus" />
        </button>
        <button type="button" title={t('map.zoom_out')} aria-label={t('map.zoom_out')} onClick={() => map.zoomOut()}>
          <Icon name="minus" />
        </button>
        <button
          type="button"
          title={`${t('map.cameras')} (V)`}
          aria-label={t('map.cameras')}
          aria-pressed={camerasOn}
          onClick={() => desk.screen.set({ camerasOnMap: !camerasOn })}
        >
          <Icon name="camera" />
        </button>
        {desk.mayDispatch && (
          <button
            type="button"
            title={t('closure.draw')}
            aria-label={t('closure.draw')}
            aria-pressed={picking === 'closure'}
            onClick={() => desk.screen.set({ picking: picking === 'closure' ? null : 'closure', drawn: [], peek: null })}
          >
            <Icon name="barrier" />
          </button>
        )}
      </div>
      {picking === 'closure' && <ClosureTool />}
      {following && (
        <button type="button" className={css.following} onClick={() => desk.screen.set({ following: null })}>
          <Icon name="follow" size={16} />
          {t('map.following', { unit: sign ?? '' })}
          <kbd>Esc</kbd>
        </button>
      )}
    </>
  )
}
