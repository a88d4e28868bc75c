import { type Alarm, elapsed, Icon, inWords, PriorityIcon, UnitIcon, useNow } from '@jedel/ui'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../desk/actions'
import { useDesk } from '../desk/context'
import { age, type QueueItem, receivedAt } from './order'
import css from './queue.module.css'

export const IncidentRow = memo(function IncidentRow({ item, selected }: { item: QueueItem; selected: boolean }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const { incident, unanswered, waiting } = item
  const since = receivedAt(incident)
  const { part, late } = age(since, now)
  const sent = incident.assignments.filter((each) => each.status !== 'released')
  const where = placeOf(incident)
  return (
    <button
      type="button"
      className={css.row}
      data-priority={incident.priority}
      data-unanswered={unanswered.length > 0 || undefined}
      data-waiting={waiting || undefined}
      aria-current={selected || undefined}
      onClick={() => desk.open(incident.id)}
    >
      <span className={css.age}>
        <span className={css.elapsed} data-late={(waiting && late) || undefined}>
          {elapsed(since, now)}
        </span>
        <PriorityIcon priority={incident.priority} size={20} title={t(`priority.${incident.priority}`)} />
      </span>
      <span className={css.what}>
        <span className={css.line}>
          <span className={css.title}>{titleOf(incident)}</span>
        </span>
        <span className={css.place} title={where}>{where}</span>
        <span className={css.state}>
          {unanswered.length > 0 ? (
            <span className={css.unanswered}>
              <Icon name="alarm" size={14} />
              {t('queue.unanswered')}
              <kbd>Q</kbd>
            </span>
          ) : sent.length === 0 ? (
            <span className={css.noUnit}>{t('queue.no_unit')}</span>
          ) : (
            sent.slice(0, 3).map((each) => (
              <span key={each.unit_id} className={css.unit}>
                <UnitIcon status={each.status === 'released' ? 'available' : each.status} size={15} title={t(`status.${each.status}`)} />
                {each.call_sign}
              </span>
            ))
          )}
          {sent.length > 3 && <span className={css.unit}>+{sent.length - 3}</span>}
          {incident.duplicates.length > 0 && (
            <span className={css.twin} title={t('card.duplicates')}>
              <Icon name="merge" size={14} />
              {incident.duplicates.length}
            </span>
          )}
          <span className={css.number}>№ {incident.number}</span>
        </span>
      </span>
      {waiting && <span className={css.bar} data-late={late || undefined} style={{ transform: `scaleX(${part})` }} />}
    </button>
  )
})

/** An alarm whose incident is not there yet: seen at once, acknowledged with the same key. */
export function AlarmRow({ alarm }: { alarm: Alarm }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <div className={css.row} data-priority={alarm.priority} data-unanswered>
      <span className={css.age}>
        <span className={css.elapsed}>{elapsed(alarm.received_at, now)}</span>
        <PriorityIcon priority={alarm.priority} size={20} title={t(`priority.${alarm.priority}`)} />
      </span>
      <span className={css.what}>
        <span className={css.title}>{t(`level.${alarm.level}`)}</span>
        <span className={css.place}>
          {alarm.site ? inWords(alarm.site.name) : alarm.device_name}
        </span>
      </span>
    </div>
  )
}
