import { dayTime, elapsed, Icon, newId, problemText, useNow } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { placeNamed } from '../../desk/place'
import { Skeleton } from '../../shell/Skeleton'
import css from './health.module.css'
import type { CameraFault, Unavailable } from './types'

const LIMIT = 500

/** Cameras that do not see, the last to fail first; beside it the history of the chosen one. */
export function UnavailableList() {
  const { t } = useTranslation()
  const { client } = useDesk()
  const now = useNow()
  const [chosen, setChosen] = useState<string | null>(null)
  const asked = useQuery({
    queryKey: ['camera-health', 'unavailable'],
    queryFn: ({ signal }) => client.get<Unavailable[]>(`/api/camera-health/unavailable?limit=${LIMIT}`, signal),
    refetchInterval: 5_000,
  })
  const list = asked.data
  if (!list) return asked.isError ? <p className={css.empty} role="alert">{t('camhealth.no_answer')}</p> : <Skeleton rows={8} height={56} />
  if ( list.length === 0) {
    return (
      <div className={css.empty}>
        <h2>{t('camhealth.none')}</h2>
        <p>{t('camhealth.none_how')}</p>
      </div>
    )
  }
  const camera = list.find((each) => each.id === chosen)
  return (
    <div className={css.two} data-side={camera ? '' : undefined}>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              {['camera', 'fault', 'since', 'owner', 'order'].map((name) => (
                <th key={name} scope="col">
                  {t(`camhealth.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.map((each) => (
              <tr key={each.id} aria-selected={each.id === chosen} onClick={() => setChosen(each.id)}>
                <td>
                  <button type="button" className={css.link} onClick={() => setChosen(each.id)}>
                    <i className={css.sign} data-state="down" aria-hidden />
                    {each.name}
                  </button>
                  <small>{[`№ ${each.number}`, each.zone && t(`camzone.${each.zone}`)].filter(Boolean).join(' · ')}</small>
                </td>
                <td>{t(`camfault.${each.code}`)}</td>
                <td className={css.time}>
                  {elapsed(each.since, now)}
                  <small>{dayTime(each.since)}</small>
                </td>
                <td>
                  {each.owner}
                  <small>{each.owner_contact}</small>
                </td>
                <td>{each.order && `№ ${each.order.number} · ${t(`camhealth.order_${each.order.state}`)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {camera && <History camera={camera} onClose={() => setChosen(null)} />}
    </div>
  )
}

function History({ camera, onClose }: { camera: Unavailable; onClose: () => void }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const queries = useQueryClient()
  const faults = useQuery({
    queryKey: ['camera-health', 'faults', camera.id],
    queryFn: ({ signal }) => desk.client.get<CameraFault[]>(`/api/cameras/${camera.id}/faults?days=30`, signal),
    refetchInterval: 10_000,
  }).data
  const accept = async () => {
    try {
      await desk.client.post(`/api/cameras/${camera.id}/view`, { id: newId() })
      desk.notify('done', t('camhealth.accepted'))
      await queries.invalidateQueries({ queryKey: ['camera-health'] })
    } catch (error) {
      desk.notify('refused', problemText(error, t))
    }
  }
  const show = () => {
    desk.screen.set({ room: 'dispatch', camerasOnMap: true, found: placeNamed(camera.name, camera.lon, camera.lat, 'camera') })
    desk.map?.show(camera.lon, camera.lat, 16.5)
  }
  return (
    <aside className={css.side} aria-label={camera.name}>
      <header>
        <strong>{camera.name}</strong>
        <button type="button" className={css.x} aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <p>{t(`camfault.${camera.code}`)}</p>
      {camera.detail && (
        <details className={css.dim}>
          <summary>{t('camhealth.detail')}</summary>
          {camera.detail}
        </details>
      )}
      <div className={css.actions}>
        <button type="button" className={css.button} onClick={show}>
          {t('camhealth.show')}
        </button>
        {camera.code === 'moved' && desk.mayDispatch && (
          <button type="button" className={css.button} onClick={() => void accept()}>
            {t('camhealth.accept')}
          </button>
        )}
      </div>
      <h3>{t('camhealth.history')}</h3>
      {faults?.length === 0 && <p className={css.dim}>{t('camhealth.no_history')}</p>}
      <ol className={css.history}>
        {(faults ?? []).map((each) => (
          <li key={each.id}>
            <span>{t(`camfault.${each.code}`)}</span>
            <small>
              {dayTime(each.since)} – {each.until ? `${dayTime(each.until)} (${elapsed(each.since, Date.parse(each.until))})` : t('camhealth.lasts')}
            </small>
          </li>
        ))}
      </ol>
    </aside>
  )
}
