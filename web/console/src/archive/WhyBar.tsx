import { caseNumber, type Incident, inWords } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useIncidents } from '../desk/context'
import css from './archive.module.css'
import type { Why } from './types'
import { useArchivePurposes } from './useArchive'

/** Why one looks back: an incident or a case, and a purpose that goes with it. Asked before anything is shown. */
export function WhyBar({ why, onWhy }: { why: Why | null; onWhy: (why: Why | null) => void }) {
  const { t } = useTranslation()
  const incidents = useIncidents()
  const purposes = useArchivePurposes()
  const [incidentId, setIncident] = useState(why?.incidentId ?? '')
  const [typed, setTyped] = useState(why?.caseNumber ?? '')
  const [purpose, setPurpose] = useState(why?.purpose ?? '')
  const number = typed ? caseNumber(typed) : null
  const has = { incident: incidentId !== '', case: number !== null }
  const fits = purposes.filter((each) => (each.needs === 'either' ? has.incident || has.case : has[each.needs]))
  // the purpose that is meant for an incident, or for a case, is the usual one
  const chosen = fits.find((each) => each.code === purpose) ?? fits.find((each) => each.needs !== 'either') ?? fits[0]
  const change = (incident: string, text: string, code: string) => {
    setIncident(incident)
    setTyped(text)
    setPurpose(code)
    if (why) onWhy(null)
  }
  if (why) {
    const told = incidents.find((each) => each.id === why.incidentId)
    return (
      <p className={css.why} data-set>
        <span>
          {inWords(purposes.find((each) => each.code === why.purpose)?.names) || why.purpose}
          {' · '}
          {why.incidentId ? label(told, t('archive.incident')) : `${t('archive.case')} ${why.caseNumber}`}
        </span>
        <button type="button" onClick={() => onWhy(null)}>
          {t('archive.change')}
        </button>
      </p>
    )
  }
  return (
    <form
      className={css.why}
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen) onWhy({ purpose: chosen.code, incidentId: incidentId || null, caseNumber: incidentId ? null : number })
      }}
    >
      <strong>{t('archive.why')}</strong>
      <select value={incidentId} aria-label={t('archive.incident')} onChange={(event) => change(event.target.value, '', '')}>
        <option value="">{t('archive.choose_incident')}</option>
        {incidentId && !incidents.some((each) => each.id === incidentId) && <option value={incidentId}>{t('archive.incident')}</option>}
        {incidents.map((each) => (
          <option key={each.id} value={each.id}>
            {label(each, '')}
          </option>
        ))}
      </select>
      <span className={css.dim}>{t('archive.or')}</span>
      <input value={typed} maxLength={40} placeholder={t('archive.case_number')} aria-label={t('archive.case_number')} aria-invalid={(typed !== '' && number === null) || undefined} onChange={(event) => change('', event.target.value, '')} />
      <select value={chosen?.code ?? ''} aria-label={t('archive.purpose')} disabled={fits.length === 0} onChange={(event) => setPurpose(event.target.value)}>
        <option value="">{t('archive.purpose')}</option>
        {fits.map((each) => (
          <option key={each.code} value={each.code}>
            {inWords(each.names)}
          </option>
        ))}
      </select>
      <button type="submit" className={css.primary} disabled={!chosen}>
        {t('archive.look')}
      </button>
      <span className={css.dim}>{t('archive.on_record')}</span>
    </form>
  )
}

function label(incident: Incident | undefined, otherwise: string): string {
  return incident ? `№ ${incident.number} ${inWords(incident.title)}, ${inWords(incident.place.label)}` : otherwise
}
