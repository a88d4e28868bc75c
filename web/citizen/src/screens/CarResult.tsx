import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { CarFacts, CarHistory, Sourced } from '../api'
import { moment } from '../parts/dates'
import { Source } from '../parts/Source'
import { type Tone, Verdict } from '../parts/Verdict'

type Finding = 'wanted' | 'gone' | 'restricted' | 'unavailable' | 'unknown' | 'nothing'
const TONES: Record<Finding, Tone> = {
  wanted: 'danger', gone: 'warning', restricted: 'warning', unavailable: 'unavailable', unknown: 'unknown', nothing: 'note',
}

/** The gravest thing that is known. What could not be asked is never "nothing". */
export function finding(found: CarHistory): Finding {
  if (found.wanted?.wanted) return 'wanted'
  if (found.vehicle && found.vehicle.state !== 'registered') return 'gone'
  if (found.vehicle && found.vehicle.restrictions.length > 0) return 'restricted'
  if (found.unavailable.length > 0) return 'unavailable'
  return found.known ? 'nothing' : 'unknown'
}

export function CarResult({ found, again }: { found: CarHistory; again: () => void }) {
  const { t } = useTranslation()
  const what = finding(found)
  const at = found.checked_at
  const out = found.unavailable
  return (
    <>
      <Verdict tone={TONES[what]} title={t(`verdict.${what}`)}>
        <p>{t(`verdict.${what}_next`)}</p>
      </Verdict>
      <p className="asked">
        {t(found.by === 'plate' ? 'car.asked_plate' : 'car.asked_vin')} <strong>{found.number}</strong>
      </p>
      <div className="facts">
        <Facts of={found.wanted} at={at}>
          <Row name={t('fact.wanted')}>{found.wanted ? t(found.wanted.wanted ? 'fact.yes' : 'fact.no') : t('fact.no_answer')}</Row>
        </Facts>
        {found.vehicle && <Car car={found.vehicle} at={at} />}
        {(found.owners || out.includes('owners')) && (
          <Facts of={found.owners} at={at}>
            <Row name={t('fact.owners')}>{found.owners ? (found.owners.count ?? t('fact.not_known')) : t('fact.no_answer')}</Row>
          </Facts>
        )}
        {out.includes('vehicles') && (
          <Facts of={null} at={at}>
            <Row name={t('fact.car')}>{t('fact.no_answer')}</Row>
          </Facts>
        )}
      </div>
      <p className="source">{t('fact.checked', { date: moment(at) })}</p>
      <div className="actions">
        <button type="button" className="primary" onClick={again}>
          {t('car.again')}
        </button>
        <button type="button" onClick={() => print()}>
          {t('page.print')}
        </button>
      </div>
    </>
  )
}

function Car({ car, at }: { car: CarFacts; at: string }) {
  const { t, i18n } = useTranslation()
  // The register's own word, where it is none that we know.
  const named = (key: string, word: string | null): string => (word === null ? t('fact.not_known') : i18n.exists(key) ? t(key) : word)
  return (
    <Facts of={car} at={at}>
      <Row name={t('fact.car')}>{[car.make, car.model].filter(Boolean).join(' ') || t('fact.not_known')}</Row>
      <Row name={t('fact.year')}>{car.year ?? t('fact.not_known')}</Row>
      <Row name={t('fact.colour')}>{named(`colour.${car.colour?.toLowerCase()}`, car.colour)}</Row>
      <Row name={t('fact.kind')}>{named(`kind.${car.kind?.toLowerCase()}`, car.kind)}</Row>
      <Row name={t('fact.state')}>{t(`state.${car.state}`)}</Row>
      <Row name={t('fact.restrictions')}>{car.restrictions.map((each) => t(`restriction.${each}`)).join(', ') || t('fact.none')}</Row>
      <Row name={t('fact.accidents')} hint={t('fact.accidents_hint')}>
        {car.accidents}
      </Row>
    </Facts>
  )
}

function Facts({ of, at, children }: { of: Sourced | null; at: string; children: ReactNode }) {
  return (
    <section className="group" data-unavailable={of === null || undefined}>
      <dl>{children}</dl>
      {of && <Source source={of.source} asOf={of.as_of} at={at} />}
    </section>
  )
}

function Row({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {name}
        {hint && <small>{hint}</small>}
      </dt>
      <dd>{children}</dd>
    </div>
  )
}
