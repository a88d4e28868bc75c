import { type Incident, useCollection, usePicture } from '@jedel/ui'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { InCard } from '../cameras/school/InCard'
import { CallSection } from '../calls/CallSection'
import { useAlarms, useDesk } from '../desk/context'
import { useClosedIncident } from '../desk/queries'
import { Assigned } from './Assigned'
import css from './card.module.css'
import { Duplicates } from './Duplicates'
import { Header } from './Header'
import { Log } from './Log'
import { Recommended } from './Recommended'
import { SiteSection, siteOf } from './SiteSection'

/** Top to bottom: what, where, how long; whom to send; the site; what else it may be; the log. */
export function IncidentCard({ id }: { id: string }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const known = usePicture(desk.feed).seq >= 0
  const open = useCollection<Incident>(desk.feed, 'incidents').find((each) => each.id === id)
  const closed = useClosedIncident(id, known && !open)
  const incident = open ?? closed.data
  const alarms = useAlarms()
  const mine = useMemo(() => alarms.filter((alarm) => incident?.alarm_ids.includes(alarm.id)), [alarms, incident])

  if (!incident) {
    return (
      <div className={css.card} aria-busy={!closed.isError}>
        {closed.isError ? (
          <div className={css.gone}>
            <p>{t('card.gone')}</p>
            <button type="button" className={css.button} onClick={() => desk.screen.set({ incidentId: null })}>
              {t('action.dismiss')}
            </button>
          </div>
        ) : (
          <div className={css.skeletons}>
            {[64, 40, 120, 80].map((height) => (
              <div key={height} className="j-skeleton" style={{ height }} />
            ))}
          </div>
        )}
      </div>
    )
  }
  const active = incident.state !== 'closed'
  return (
    <article className={css.card} aria-label={t('card.label', { number: incident.number })}>
      <Header incident={incident} alarms={mine} />
      <div className={css.body}>
        {active && <CallSection incident={incident} />}
        <Assigned incident={incident} />
        {active && <Recommended key={incident.id} incident={incident} />}
        {active && incident.duplicates.length > 0 && <Duplicates incident={incident} />}
        <InCard incident={incident} site={siteOf(incident, mine)} />
        <SiteSection incident={incident} alarms={mine} />
        <Log incident={incident} />
      </div>
    </article>
  )
}
