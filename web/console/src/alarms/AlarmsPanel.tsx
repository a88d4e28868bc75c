import { elapsed, type Alarm, type Incident, inWords, PriorityIcon, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useAlarms, useDesk, useIncidents } from '../desk/context'
import { useActions } from '../desk/useActions'
import css from '../units/panels.module.css'

/** Alarms that are not closed: unanswered first, oldest first. Opening one opens its incident. */
export function AlarmsPanel() {
  const { t } = useTranslation()
  const alarms = useAlarms()
  const incidents = useIncidents()
  const sorted = [...alarms].sort(
    (a, b) => Number(a.state !== 'open') - Number(b.state !== 'open') || Date.parse(a.received_at) - Date.parse(b.received_at),
  )
  if (sorted.length === 0) return <p className={css.empty}>{t('alarms.empty')}</p>
  return (
    <div className={css.list}>
      {sorted.map((alarm) => (
        <AlarmRow key={alarm.id} alarm={alarm} incident={incidents.find((each) => each.alarm_ids.includes(alarm.id))} />
      ))}
    </div>
  )
}

function AlarmRow({ alarm, incident }: { alarm: Alarm; incident: Incident | undefined }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const now = useNow()
  const open = () => {
    if (incident) desk.open(incident.id)
    else if (alarm.site) desk.map?.show(alarm.site.lon, alarm.site.lat, 16)
  }
  return (
    <div className={css.alarm}>
      <span>{elapsed(alarm.received_at, now)}</span>
      <PriorityIcon priority={alarm.priority} size={18} title={t(`priority.${alarm.priority}`)} />
      <span>{t(`level.${alarm.level}`)}</span>
      <button type="button" className={css.alarmName} onClick={open}>
        {alarm.site ? inWords(alarm.site.name) : alarm.device_name}
        <span className={css.dim}>
          {' '}
          {incident ? `№ ${incident.number}` : ''} {alarm.presses > 1 ? t('card.presses', { count: alarm.presses }) : ''}
        </span>
      </button>
      <span className={css.dim}>{alarm.escalated_at && alarm.state === 'open' ? t('card.escalated') : t(`alarms.${alarm.state}`)}</span>
      {alarm.state === 'open' ? (
        <button type="button" className={css.button} onClick={() => void actions.acknowledgeAlarm(alarm.id)}>
          {t('action.acknowledge')}
        </button>
      ) : (
        <span />
      )}
    </div>
  )
}
