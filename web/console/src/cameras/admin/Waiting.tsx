import { dayTime, newId } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import css from './admin.module.css'
import type { Desk, Handover, MaskChange, Unmasking } from './types'
import { regionName, useRegions } from './useRegions'
import { useSaid } from './useSaid'

/** What waits for a second person or another region: masks that are to go, pictures without them, handovers. */
export function Waiting({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const [run, fault] = useSaid(desk, ['camera-waiting', 'registry'])
  const supervisor = desk.me.role === 'supervisor'
  const changes = useWaiting<MaskChange>(desk, '/api/camera-mask-changes')
  const unmaskings = useWaiting<Unmasking>(desk, '/api/camera-unmaskings', supervisor)
  const handovers = useWaiting<Handover>(desk, '/api/camera-handovers')
  const regions = useRegions(desk)
  const decide = (path: string, id: string, grant: boolean) => run(() => desk.client.post(`/api/${path}/${id}/decide`, { id: newId(), grant }), t(grant ? 'camreg.agreed' : 'camreg.refused'))
  const settle = (id: string, outcome: string) => run(() => desk.client.post(`/api/camera-handovers/${id}/settle`, { id: newId(), outcome }), t(`camreg.outcome_${outcome}`))
  return (
    <div className={css.page}>
      {fault && (
        <p className={css.fault} role="alert">
          {fault}
        </p>
      )}
      {changes.length + unmaskings.length + handovers.length === 0 && <p className={css.empty}>{t('camreg.waiting_none')}</p>}
      <ul className={css.list}>
        {changes.map((each) => (
          <li key={each.id}>
            <strong>{each.camera_name}</strong>
            <span>
              {t('camreg.masks_from_to', { before: each.before.length, after: each.masks.length })}
              <small>{[each.proposed_by_name, dayTime(each.proposed_at), each.purpose].join(' · ')}</small>
            </span>
            <Answer own={each.proposed_by === desk.me.id} onAnswer={(grant) => void decide('camera-mask-changes', each.id, grant)} />
          </li>
        ))}
        {unmaskings.map((each) => (
          <li key={each.id}>
            <strong>{each.camera_name}</strong>
            <span>
              {each.state === 'granted' ? t('camreg.unmasked_until', { at: dayTime(each.until_at ?? '') }) : t('camreg.unmask_asked', { minutes: each.minutes })}
              <small>{[each.requested_by_name, dayTime(each.requested_at), each.purpose, each.case_number].filter(Boolean).join(' · ')}</small>
            </span>
            {each.state === 'waiting' ? (
              <Answer own={each.requested_by === desk.me.id} onAnswer={(grant) => void decide('camera-unmaskings', each.id, grant)} />
            ) : (
              <button type="button" onClick={() => void run(() => desk.client.delete(`/api/camera-unmaskings/${each.id}?command=${newId()}`), t('camreg.ended'))}>
                {t('camreg.end_now')}
              </button>
            )}
          </li>
        ))}
        {handovers.map((each) => (
          <li key={each.id}>
            <strong>{each.camera_name}</strong>
            <span>
              {t('camreg.from_to', { from: regionName(each.from_region, desk, regions), to: regionName(each.to_region, desk, regions) })}
              <small>{[each.offered_by_name, dayTime(each.offered_at), each.note].filter(Boolean).join(' · ')}</small>
            </span>
            {each.from_region === desk.me.region ? (
              <button type="button" onClick={() => void settle(each.id, 'withdrawn')}>
                {t('camreg.withdraw')}
              </button>
            ) : (
              <Answer own={false} onAnswer={(grant) => void settle(each.id, grant ? 'accepted' : 'refused')} />
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Answer({ own, onAnswer }: { own: boolean; onAnswer: (grant: boolean) => void }) {
  const { t } = useTranslation()
  if (own) return <span className={css.dim}>{t('camreg.second_person')}</span>
  return (
    <span className={css.actions}>
      <button type="button" className={css.primary} onClick={() => onAnswer(true)}>
        {t('camreg.agree')}
      </button>
      <button type="button" onClick={() => onAnswer(false)}>
        {t('camreg.refuse')}
      </button>
    </span>
  )
}

function useWaiting<T>(desk: Desk, path: string, enabled = true): T[] {
  return useQuery({ queryKey: ['camera-waiting', path], enabled, refetchInterval: 5_000, queryFn: ({ signal }) => desk.client.get<T[]>(path, signal) }).data ?? []
}
