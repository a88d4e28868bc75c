import { elapsed, Icon, type Incident, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../desk/actions'
import { useDesk, useIncidents } from '../desk/context'
import { useActions } from '../desk/useActions'
import { receivedAt, stays } from '../queue/order'
import css from './card.module.css'

/** Incidents that may be the same event. Only a person joins them. */
export function Duplicates({ incident }: { incident: Incident }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const others = useIncidents().filter((each) => incident.duplicates.includes(each.id))
  if (others.length === 0) return null
  return (
    <section className={css.section}>
      <h3 className={css.heading}>
        <Icon name="merge" size={16} />
        {t('card.duplicates')}
      </h3>
      <ul className={css.units}>
        {others.slice(0, 4).map((other) => (
          <li key={other.id} className={css.twin}>
            <button type="button" className={css.twinName} onClick={() => desk.open(other.id)}>
              <span className={css.dim}>{elapsed(receivedAt(other), now)}</span>
              <span>
                № {other.number} · {titleOf(other)} · {placeOf(other)}
              </span>
            </button>
            {desk.mayDispatch && <Join incident={incident} other={other} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Joins so that the graver one stays, else the older: an emergency never disappears into a call. */
function Join({ incident, other }: { incident: Incident; other: Incident }) {
  const { t } = useTranslation()
  const actions = useActions()
  const into = stays(incident, other)
  const from = into === incident ? other : incident
  return (
    <button type="button" className={css.small} title={`j ${from.number} ${into.number}`} onClick={() => void actions.join(from, into)}>
      {into === incident ? t('action.take_in', { number: other.number }) : t('action.join', { number: other.number })}
    </button>
  )
}
