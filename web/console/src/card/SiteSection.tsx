import { type Alarm, Icon, type Incident, inWords, PlaceIcon, type Site } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './card.module.css'
import { planFacts } from './plan'

/** Sites with something to know about their inside. */
const INDOORS: ReadonlySet<string> = new Set(['school', 'police', 'hospital', 'bank'])

/** Where it is: what the incident says, else its alarms. */
export const siteOf = (incident: Incident, alarms: Alarm[]): Site | null => incident.place.site ?? alarms.find((alarm) => alarm.site)?.site ?? null

/** The site of the incident: what the plan says about the building and whom to ring there. */
export function SiteSection({ incident, alarms }: { incident: Incident; alarms: Alarm[] }) {
  const { t } = useTranslation()
  const site = siteOf(incident, alarms)
  if (!site) return null
  const { facts, phones } = planFacts(site.plan, (kind) => t(`entrance.${kind}`, { defaultValue: t('entrance.yes') }))
  // A device that bears the name of its site says nothing new.
  const names = Object.values(site.name)
  const devices = Array.from(new Set(alarms.map((alarm) => alarm.device_name))).filter((name) => !names.includes(name))
  return (
    <section className={css.section}>
      <h3 className={css.heading}>
        <PlaceIcon kind={site.kind} size={16} />
        {inWords(site.name)}
      </h3>
      <p className={css.siteLine}>
        {[site.address, inWords(site.district)].filter(Boolean).join(' · ')}
        {devices.length > 0 && <span className={css.dim}>{` · ${devices.join(', ')}`}</span>}
      </p>
      {facts.length > 0 && (
        <dl className={css.facts}>
          {facts.map((fact) => (
            <div key={fact.key}>
              <dt>{t(`plan.${fact.key}`)}</dt>
              <dd>{fact.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {phones.map((phone) => (
        <p key={phone} className={css.contact}>
          <Icon name="phone" size={15} />
          <strong>{phone}</strong>
          <span className={css.dim}>{t('card.site_phone')}</span>
        </p>
      ))}
      {facts.length + phones.length === 0 && INDOORS.has(site.kind) && <p className={css.empty}>{t('card.no_plan')}</p>}
    </section>
  )
}
