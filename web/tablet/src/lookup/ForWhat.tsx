import { type Case, caseNumber, type Cases, inWords, NoLink, problemText, type Reason } from '@jedel/ui'
import { useEffect, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { Incident } from '../work/types'
import type { Keeper } from './keeper'

type For = Pick<Case, 'incident' | 'caseNumber'>

interface Props {
  keeper: Keeper
  cases: Cases
  incident: Incident | null
  linked: boolean
  onChosen: (chosen: Case) => void
  onBack: () => void
}

const SHOWN = 4

export const incidentFor = ({ id, number, title, place }: Incident): For => ({
  incident: { id, number, title, label: place.label },
  caseNumber: null,
})

/** For what: the incident that the unit is on, else an open one or a case; then the purpose. Once for each. */
export function ForWhat({ keeper, cases, incident, linked, onChosen, onBack }: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<For | null>(incident ? incidentFor(incident) : null)
  const [incidents, setIncidents] = useState<Reason[]>([])
  const [wrong, setWrong] = useState('')
  const [typed, setTyped] = useState('')

  useEffect(() => {
    if (!linked) return
    keeper.renewPurposes().catch((error: unknown) => {
      if (!(error instanceof NoLink)) setWrong(problemText(error, t))
    })
    if (!incident) keeper.api.incidents().then(setIncidents, () => undefined)
  }, [keeper, linked, incident, t])

  const choose = (found: For): void => {
    const before = cases.find(found)
    if (before) onChosen(before)
    else setChosen(found)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const number = caseNumber(typed)
    if (number) choose({ incident: null, caseNumber: number })
    else setWrong(t('lookup.case_wrong'))
  }

  if (chosen) {
    const fits = keeper.purposes.filter((each) => each.needs === 'either' || each.needs === (chosen.incident ? 'incident' : 'case'))
    return (
      <div className="body centred">
        <div className="sheet">
          <p className="hint">{forWords(chosen, t)}</p>
          <h1>{t('lookup.purpose')}</h1>
          {fits.map((each) => (
            <button key={each.code} type="button" className="second look-choice" onClick={() => onChosen({ ...chosen, purpose: each.code })}>
              {inWords(each.names)}
              {each.second_person && <small>{t('lookup.second_person')}</small>}
            </button>
          ))}
          <p className="wrong" role="alert">
            {wrong}
          </p>
          <button type="button" className="second" onClick={incident ? onBack : () => setChosen(null)}>
            {t('app.back')}
          </button>
        </div>
      </div>
    )
  }
  return (
    <div className="body centred">
      <div className="sheet">
        <h1>{t('lookup.for_what')}</h1>
        {incidents.slice(0, SHOWN).map((each) => (
          <button key={each.id} type="button" className="second look-choice" onClick={() => choose({ incident: each, caseNumber: null })}>
            № {each.number} · {inWords(each.title)}
            <small>{inWords(each.label)}</small>
          </button>
        ))}
        <form className="add" onSubmit={submit}>
          <label className="field">
            <span>{t('lookup.case_number')}</span>
            <input value={typed} maxLength={40} autoCapitalize="characters" spellCheck={false} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </label>
          <button className="second" disabled={!typed.trim()}>
            {t('lookup.next')}
          </button>
        </form>
        <p className="wrong" role="alert">
          {wrong}
        </p>
        <button type="button" className="second" onClick={onBack}>
          {t('app.back')}
        </button>
      </div>
    </div>
  )
}

export function forWords(found: For, t: (key: 'lookup.case', values: { number: string }) => string): string {
  if (!found.incident) return t('lookup.case', { number: found.caseNumber ?? '' })
  return [`№ ${found.incident.number}`, inWords(found.incident.title), inWords(found.incident.label)].filter(Boolean).join(' · ')
}
