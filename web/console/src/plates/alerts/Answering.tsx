import { type AlertAnswer, type AlertView, inWords, newId, problemText, REFUTED_FOR, type RefutedFor, sayPlate } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import shared from '../plates.module.css'
import css from './alerts.module.css'

/** What the duty officer says for a patrol that told it by radio; a car is confirmed by plate and vehicle, both. */
export function Answering({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [asking, setAsking] = useState<'confirmed' | 'refuted' | null>(null)
  const [plate, setPlate] = useState(false)
  const [vehicle, setVehicle] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  if (!desk.mayDispatch) return null

  const say = async (answer: AlertAnswer, more: { reason?: RefutedFor; plate_matches?: boolean; vehicle_matches?: boolean } = {}): Promise<void> => {
    setBusy(true)
    try {
      await desk.client.post(`/api/qorgau/alerts/${alert.id}/answer`, { id: newId(), answer, ...more })
      setFault(null)
      setAsking(null)
      desk.notify('done', t('alerts.answered', { plate: sayPlate(alert.plate) }))
    } catch (error) {
      setFault(error)
    }
    setBusy(false)
  }
  const incident = (): void => {
    const why = alert.grounds.map((each) => t(`ground.${each.code}`)).join(', ')
    const { lon, lat, name } = alert.read.camera
    const note = [t('alerts.incident_note', { plate: sayPlate(alert.plate), why }), ...alert.grounds.map((each) => inWords(each.why))].join('. ')
    desk.screen.set({ room: 'dispatch', draft: { class: 'other', priority: 'urgent', place: { lon, lat, label: name }, note } })
    desk.map?.show(lon, lat, 15)
  }
  const reasons = REFUTED_FOR.filter(
    (each) =>
      (each !== 'insured' || alert.grounds.some(({ code }) => code === 'uninsured')) && (each !== 'paid' || alert.grounds.some(({ code }) => code === 'unpaid_fines')),
  )
  return (
    <footer className={css.answering}>
      {fault !== null && (
        <p className={shared.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      {asking === 'refuted' && (
        <div className={css.ask} role="group" aria-label={t('alerts.why_not')}>
          <strong>{t('alerts.why_not')}</strong>
          {reasons.map((reason) => (
            <button key={reason} type="button" disabled={busy} onClick={() => void say('refuted', { reason })}>
              {t(`refuted_for.${reason}`)}
            </button>
          ))}
          <button type="button" onClick={() => setAsking(null)}>
            {t('action.undo')}
          </button>
        </div>
      )}
      {asking === 'confirmed' && (
        <div className={css.ask} role="group" aria-label={t('alerts.say_confirmed')}>
          <label>
            <input type="checkbox" checked={plate} onChange={(event) => setPlate(event.target.checked)} />
            {t('alerts.plate_matches')}: <strong>{sayPlate(alert.plate)}</strong>
          </label>
          <label>
            <input type="checkbox" checked={vehicle} onChange={(event) => setVehicle(event.target.checked)} />
            {t('alerts.vehicle_matches')}
          </label>
          <span className={shared.dim}>{t('alerts.confirm_how')}</span>
          <button type="button" className={shared.primary} disabled={busy || !plate || !vehicle} onClick={() => void say('confirmed', { plate_matches: true, vehicle_matches: true })}>
            {t('alerts.say_confirmed')}
          </button>
          <button type="button" onClick={() => setAsking(null)}>
            {t('action.undo')}
          </button>
        </div>
      )}
      {asking === null && (
        <div className={css.answers}>
          {!alert.confirmed && alert.state !== 'seen' && (
            <button type="button" disabled={busy} onClick={() => void say('seen')}>
              {t('alerts.say_seen')}
            </button>
          )}
          {alert.confirmed ? (
            <button type="button" className={shared.primary} disabled={busy} onClick={() => void say('stopped')}>
              {t('alerts.say_stopped')}
            </button>
          ) : (
            <button type="button" className={shared.primary} disabled={busy} onClick={() => setAsking('confirmed')}>
              {t('alerts.say_confirmed')}…
            </button>
          )}
          <button type="button" disabled={busy} onClick={() => setAsking('refuted')}>
            {t('alerts.say_refuted')}
          </button>
          {alert.state !== 'lost' && (
            <button type="button" disabled={busy} onClick={() => void say('lost')}>
              {t('alerts.say_lost')}
            </button>
          )}
          <button type="button" onClick={incident}>
            {t('alerts.incident')}
          </button>
        </div>
      )}
    </footer>
  )
}
