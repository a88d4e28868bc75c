import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import { hhmm } from './Banners'
import { othersAtWork } from '../work/commands'
import type { NoteLine } from '../work/notes'
import { factsOf, phonesOf } from '../work/plan'
import type { Incident } from '../work/types'

/** Who to call, who is there too, what the building is like. */
interface ParticularsProps {
  incident: Incident
  unitId: string
  notes: NoteLine[]
}

export function Particulars({ incident, unitId, notes }: ParticularsProps) {
  const { t } = useTranslation()
  const others = othersAtWork(incident, unitId)
  const plan = incident.place.site?.plan ?? null
  const phones = phonesOf(plan)
  const facts = factsOf(plan)
  const callers = incident.callers.filter((each) => each.name ?? each.phone)
  return (
    <div className="particulars">
      {notes.length > 0 && (
        <section>
          <h2>{t('job.notes')}</h2>
          {notes.map((each) => (
            <p key={each.id} className="note">
              <time>{hhmm(Date.parse(each.at))}</time> {each.text}
            </p>
          ))}
        </section>
      )}
      {others.length > 0 && (
        <section>
          <h2>{t('job.others')}</h2>
          {others.map((each) => (
            <p key={each.unit_id} className="other">
              <strong>{each.call_sign}</strong> {t(`status.${each.status}`)}
            </p>
          ))}
        </section>
      )}
      {callers.length > 0 && (
        <section>
          <h2>{t('job.caller')}</h2>
          {callers.map((each) => (
            <Person key={`${each.name}${each.phone}`} name={each.name ?? ''} phone={each.phone} />
          ))}
        </section>
      )}
      {phones.length > 0 && (
        <section>
          <h2>{t('job.contacts')}</h2>
          {phones.map((each) => (
            <Person key={each} name={t('plan.phone')} phone={each} />
          ))}
        </section>
      )}
      {facts.length > 0 && (
        <section>
          <h2>{t('job.plan')}</h2>
          <dl className="facts">
            {facts.map(({ key, value }) => (
              <div key={key}>
                <dt>{t(`plan.${key}`)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  )
}

function Person({ name, phone }: { name: string; phone: string | null }) {
  const who = <span className="person-who">{name}</span>
  if (!phone) return <p className="person">{who}</p>
  return (
    <a className="person" href={`tel:${phone.replace(/[^+\d]/g, '')}`}>
      <Icon name="phone" size={28} />
      {who}
      <span className="person-phone">{phone}</span>
    </a>
  )
}
