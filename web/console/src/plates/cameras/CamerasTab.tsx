import { type Client, elapsed, Icon, type Me, problemText, useNow } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveCsv } from '../../desk/csv'
import { type Drawing, PlatesMap } from '../PlatesMap'
import shared from '../plates.module.css'
import css from './cameras.module.css'
import type { PlateCamera } from '../types'
import { CameraForm } from './CameraForm'
import { Rates } from './Rates'
import { usePlateCameras } from './usePlateCameras'

const ROW = 52
/** A camera that says nothing for so long is named; at night a quiet road is no fault. */
const SILENT_MS = 30 * 60_000

interface Props {
  client: Client
  me: Me
  /** Says what was done. */
  onDone: (text: string) => void
  /** The administrator's desk has no map. */
  map?: boolean
}

/** The plate cameras: whether they speak, whether their clocks are right, what was wrong with what they said. */
export function CamerasTab({ client, me, onDone, map = false }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const { cameras, error, perMinute } = usePlateCameras(client)
  const [wanted, setWanted] = useState('')
  const [open, setOpen] = useState<PlateCamera | 'new' | 'rates' | null>(null)
  const mayEdit = me.role === 'supervisor' || me.role === 'administrator'
  const maySeeRates = me.role === 'supervisor' || me.role === 'duty_officer'
  const box = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => {
    const query = wanted.trim().toLowerCase()
    return (cameras ?? [])
      .filter((each) => !query || `${each.number} ${each.name} ${each.road}`.toLowerCase().includes(query))
      .sort((a, b) => Number(troubled(b)) - Number(troubled(a)) || a.number - b.number)
  }, [cameras, wanted])
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 6 })
  const chosen = open !== null && typeof open === 'object' ? open.id : null
  const drawing = useMemo((): Drawing => {
    const at = rows.find((each) => each.id === chosen)
    return {
      spots: rows.flatMap((each) => [
        { at: [each.lon, each.lat], icon: each.enabled ? 'place-camera' : 'place-camera-unavailable', id: each.id, size: each.id === chosen ? 1.5 : 1, ...(each.id === chosen ? { label: each.name } : {}) },
        ...(each.heading === null ? [] : [{ at: [each.lon, each.lat] as [number, number], icon: 'arrow', turn: each.heading, size: 0.8 }]),
      ]),
      lines: [],
      areas: [],
      fit: at ? { key: at.id, points: [[at.lon, at.lat]] } : { key: `all ${rows.length}`, points: rows.map((each) => [each.lon, each.lat]) },
    }
  }, [rows, chosen])
  const stateOf = (camera: PlateCamera): { word: string; bad: boolean } => {
    if (!camera.enabled) return { word: t('platecam.off'), bad: true }
    if (!camera.state.heard_at) return { word: t('platecam.never'), bad: true }
    const silent = now - Date.parse(camera.state.heard_at) > SILENT_MS
    return { word: t('platecam.heard', { time: elapsed(camera.state.heard_at, now) }), bad: silent }
  }
  const save = (): void =>
    saveCsv('plate-cameras', [
      [t('platecam.number'), t('platecam.name'), t('platecam.road'), t('platecam.driver'), t('platecam.clock'), t('platecam.reads'), t('platecam.faults')],
      ...rows.map((each) => [
        each.number, each.name, each.road, each.driver, each.clock_error_ms ?? '', each.state.reads,
        Object.entries(each.state.faults).map(([code, count]) => `${t(`platefault.${code}`, { defaultValue: code })} ${count}`).join(', '),
      ]),
    ])
  return (
    <div className={shared.cameras} data-side={open !== null || undefined} data-map={map || undefined}>
      <div className={shared.camerasMain}>
        <div className={shared.tools}>
          <input type="search" value={wanted} maxLength={100} placeholder={t('platecam.search')} aria-label={t('platecam.search')} onChange={(event) => setWanted(event.target.value)} />
          {maySeeRates && (
            <button type="button" aria-pressed={open === 'rates'} onClick={() => setOpen(open === 'rates' ? null : 'rates')}>
              {t('rates.title')}
            </button>
          )}
          {mayEdit && (
            <button type="button" onClick={() => setOpen('new')}>
              <Icon name="plus" size={16} /> {t('platecam.add')}
            </button>
          )}
          <button type="button" disabled={rows.length === 0} onClick={save}>
            {t('action.export')}
          </button>
        </div>
        {error !== null && <p className={shared.fault}>{problemText(error, t)}</p>}
        <div className={css.columns}>
          <span>{t('platecam.name')}</span>
          <span>{t('platecam.state')}</span>
          <span>{t('platecam.per_minute')}</span>
          <span>{t('platecam.clock')}</span>
          <span>{t('platecam.faults')}</span>
        </div>
        <div ref={box} className={shared.scroll}>
          {cameras?.length === 0 && (
            <div className={shared.empty}>
              <Icon name="camera" size={36} />
              <h2>{t('platecam.none')}</h2>
              <p>{t('platecam.none_what')}</p>
            </div>
          )}
          <div style={{ height: list.getTotalSize(), position: 'relative' }}>
            {list.getVirtualItems().map((item) => {
              const camera = rows[item.index]!
              const state = stateOf(camera)
              return (
                <button
                  key={camera.id}
                  type="button"
                  className={css.camera}
                  aria-pressed={chosen === camera.id}
                  style={{ height: ROW, transform: `translateY(${item.start}px)` }}
                  onClick={() => setOpen(camera)}
                >
                  <span>
                    <strong>{camera.name}</strong>
                    <span className={shared.dim}>
                      № {camera.number}
                      {camera.road && ` · ${camera.road}`}
                    </span>
                  </span>
                  <span data-bad={state.bad || undefined}>
                    <Icon name={state.bad ? 'unlink' : 'link'} size={16} />
                    {state.word}
                  </span>
                  <span>{perMinute(camera.id) ?? '–'}</span>
                  <span data-bad={camera.clock_wrong || undefined}>{camera.clock_error_ms === null ? '–' : t('platecam.clock_s', { seconds: signed(camera.clock_error_ms / 1_000) })}</span>
                  <span className={css.faults}>{faultWords(camera, t)}</span>
                </button>
              )
            })}
          </div>
        </div>
      </div>
      {map && <PlatesMap drawing={drawing} label={t('platecam.map')} onPick={(id) => setOpen(cameras?.find((each) => each.id === id) ?? null)} />}
      {open !== null && (
        <aside className={css.side}>
          {open === 'rates' ? (
            <Rates client={client} onClose={() => setOpen(null)} />
          ) : (
            <CameraForm
              key={open === 'new' ? 'new' : open.id}
              client={client}
              camera={open === 'new' ? null : open}
              mayEdit={mayEdit}
              onDone={onDone}
              onClose={() => setOpen(null)}
            />
          )}
        </aside>
      )}
    </div>
  )
}

const troubled = (camera: PlateCamera): boolean => camera.enabled && (camera.clock_wrong || !camera.state.heard_at)
const signed = (seconds: number): string => `${seconds > 0 ? '+' : ''}${seconds.toFixed(1)}`

const WORST = 2

function faultWords(camera: PlateCamera, t: ReturnType<typeof useTranslation>['t']): string {
  const all = Object.entries(camera.state.faults).sort((a, b) => b[1] - a[1])
  return all
    .slice(0, WORST)
    .map(([code, count]) => `${t(`platefault.${code}`, { defaultValue: code })}: ${count}`)
    .join(', ')
}
