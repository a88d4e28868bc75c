import { type Assignment, clock, distance, elapsed, Icon, type Incident, minutes, UnitIcon, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import { useActions } from '../desk/useActions'
import css from './card.module.css'

/** The units that are sent, what each does and since when; the released ones stay as a line of history. */
export function Assigned({ incident }: { incident: Incident }) {
  const { t } = useTranslation()
  const sent = incident.assignments.filter((each) => each.status !== 'released')
  if (sent.length === 0) return null
  return (
    <section className={css.section}>
      <h3 className={css.heading}>{t('card.sent')}</h3>
      <ul className={css.units}>
        {sent.map((each) => (
          <SentUnit key={each.unit_id} incident={incident} assignment={each} />
        ))}
      </ul>
    </section>
  )
}

function SentUnit({ incident, assignment }: { incident: Incident; assignment: Assignment }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const now = useNow()
  const unit = { id: assignment.unit_id, call_sign: assignment.call_sign }
  const since = assignment.on_scene_at ?? assignment.en_route_at ?? assignment.assigned_at
  const left = assignment.eta_s === null ? null : assignment.eta_s - (now - Date.parse(assignment.en_route_at ?? assignment.assigned_at)) / 1000
  const status = assignment.status === 'released' ? 'available' : assignment.status
  const show = () => {
    const position = desk.positions.get(unit.id)
    desk.screen.set({ peek: { kind: 'unit', id: unit.id } })
    if (position) desk.map?.showBoth([position[1], position[2]], [incident.place.lon, incident.place.lat])
  }
  return (
    <li className={css.sent}>
      <button type="button" className={css.sentName} title={`u ${unit.call_sign}`} onClick={show}>
        <UnitIcon status={status} size={20} />
        <strong>{unit.call_sign}</strong>
        <span>{t(`status.${status}`)}</span>
        <span className={css.dim} title={clock(since)}>
          {elapsed(since, now)}
        </span>
      </button>
      {assignment.status !== 'on_scene' && left !== null && (
        <span className={css.left} data-late={left < 0 || undefined}>
          {left >= 0 ? t('card.arrives_in', { time: minutes(left) }) : t('card.should_be_there', { time: minutes(-left) })}
          {assignment.metres !== null && assignment.status === 'assigned' && (
            <span className={css.dim}> · {distance(assignment.metres, t('unit.m'), t('unit.km'))}</span>
          )}
        </span>
      )}
      {desk.mayDispatch && <span className={css.sentActions}>
        {assignment.status === 'assigned' && (
          <button type="button" className={css.small} title={`s ${unit.call_sign} er`} onClick={() => void actions.progress(incident.id, unit.id, 'en_route')}>
            {t('status.en_route')}
          </button>
        )}
        {assignment.status !== 'on_scene' && (
          <button type="button" className={css.small} title={`s ${unit.call_sign} os`} onClick={() => void actions.progress(incident.id, unit.id, 'on_scene')}>
            {t('status.on_scene')}
          </button>
        )}
        <button type="button" className={css.small} title={`r ${incident.number} ${unit.call_sign}`} onClick={() => void actions.release(incident, unit)}>
          <Icon name="minus" size={12} />
          {t('action.release')}
        </button>
      </span>}
    </li>
  )
}
