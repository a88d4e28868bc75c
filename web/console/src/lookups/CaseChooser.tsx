import { type Case, caseNumber, type Cases, inWords, PriorityIcon, problemText, type Client, type Purpose, type Reason, type RegisterKind } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './lookups.module.css'

type For = Pick<Case, 'incident' | 'caseNumber'>

interface Props {
  client: Client
  cases: Cases
  /** The incident that was in hand when the look-up was called for. */
  first: For | null
  onChosen: (chosen: Case) => void
  onBack: (() => void) | null
  /** Only purposes for which this may be asked. */
  register?: RegisterKind
}

const SHOWN = 8

/** For what: an incident or a case number, then the purpose. Asked once for each; keys are enough. */
export function CaseChooser({ client, cases, first, onChosen, onBack, register }: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<For | null>(first)
  const purposes = useQuery({
    queryKey: ['lookups', 'purposes'],
    queryFn: ({ signal }) => client.get<Purpose[]>('/api/lookups/purposes', signal),
    staleTime: 60_000,
  })
  const choose = (found: For): void => {
    const before = cases.find(found)
    const serves = (code: string): boolean => !register || (purposes.data ?? []).some((each) => each.code === code && each.registers.includes(register))
    if (before && !first && serves(before.purpose)) onChosen(before)
    else setChosen(found)
  }
  if (chosen) {
    const fits = (purposes.data ?? []).filter(
      (each) => (each.needs === 'either' || each.needs === (chosen.incident ? 'incident' : 'case')) && (!register || each.registers.includes(register)),
    )
    return (
      <section className={css.chooser} aria-label={t('lookups.purpose')}>
        <p className={css.forWhat}>{forWords(chosen, t('lookups.incident'), t('lookups.case'))}</p>
        <h2>{t('lookups.purpose')}</h2>
        {purposes.isError && <p className={css.fault}>{problemText(purposes.error, t)}</p>}
        <Choices
          key="purposes"
          items={fits.map((each) => ({
            key: each.code,
            words: inWords(each.names),
            detail: [each.registers.map((kind) => t(`lookups.kind_${kind}`)).join(', '), each.second_person ? t('lookups.second_person') : ''].filter(Boolean).join(' · '),
          }))}
          byDigit
          onChoose={(code) => onChosen({ ...chosen, purpose: code })}
          onBack={() => (first ? (onBack ?? (() => setChosen(null)))() : setChosen(null))}
        />
      </section>
    )
  }
  return <ForWhat client={client} cases={cases} onFound={choose} onBack={onBack} />
}

function ForWhat({ client, cases, onFound, onBack }: { client: Client; cases: Cases; onFound: (found: For) => void; onBack: (() => void) | null }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const incidents = useQuery({
    queryKey: ['lookups', 'incidents'],
    queryFn: ({ signal }) => client.get<Reason[]>('/api/lookups/incidents', signal),
    refetchInterval: 4_000,
  })
  const found = useMemo(() => {
    const query = typed.trim().toLowerCase().replace(/^№\s*/, '')
    const rows = (incidents.data ?? []).filter(
      (each) => !query || String(each.number).startsWith(query) || `${inWords(each.title)} ${inWords(each.label)}`.toLowerCase().includes(query),
    )
    const open: (For & { reason?: Reason })[] = rows.slice(0, SHOWN).map((reason) => ({
      incident: { id: reason.id, number: reason.number, title: reason.title, label: reason.label }, caseNumber: null, reason,
    }))
    const number = caseNumber(typed)
    const before = query ? [] : cases.all().filter((each) => each.caseNumber).slice(0, 3)
    return [...open, ...before.map(({ caseNumber: kept }) => ({ incident: null, caseNumber: kept })), ...(number ? [{ incident: null, caseNumber: number }] : [])]
  }, [incidents.data, typed, cases])
  useEffect(() => setAt(0), [typed])
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && found.length > 0) {
      event.preventDefault()
      setAt((at + step + found.length) % found.length)
    } else if (event.key === 'Enter' && found[at]) {
      event.preventDefault()
      onFound(found[at])
    } else if (event.key === 'Escape' && onBack) {
      event.preventDefault()
      event.stopPropagation()
      onBack()
    }
  }
  return (
    <section className={css.chooser} aria-label={t('lookups.for_what')}>
      <h2>{t('lookups.for_what')}</h2>
      <input
        autoFocus
        name="for"
        className={css.field}
        value={typed}
        maxLength={60}
        placeholder={t('lookups.for_what_how')}
        aria-label={t('lookups.for_what')}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={press}
        autoComplete="off"
      />
      {incidents.isError && <p className={css.fault}>{problemText(incidents.error, t)}</p>}
      <ul className={css.choices} role="listbox" aria-label={t('lookups.for_what')}>
        {found.map((each, i) => (
          <li key={each.incident?.id ?? each.caseNumber} role="option" aria-selected={i === at} className={css.choice} onClick={() => onFound(each)}>
            {each.incident ? (
              <>
                {each.reason && <PriorityIcon priority={each.reason.priority} size={18} title={t(`priority.${each.reason.priority}`)} />}
                <strong>№ {each.incident.number}</strong>
                <span>{inWords(each.incident.title)}</span>
                <span className={css.dim}>{inWords(each.incident.label)}</span>
              </>
            ) : (
              <strong>{t('lookups.case', { number: each.caseNumber })}</strong>
            )}
          </li>
        ))}
      </ul>
      {incidents.isSuccess && found.length === 0 && <p className={css.dim}>{typed ? t('lookups.no_incident_found') : t('lookups.no_incidents')}</p>}
    </section>
  )
}

interface Item {
  key: string
  words: string
  detail: string
}

function Choices({ items, byDigit, onChoose, onBack }: { items: Item[]; byDigit: boolean; onChoose: (key: string) => void; onBack: () => void }) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => list.current?.querySelector('button')?.focus(), [items.length])
  const press = (event: KeyboardEvent): void => {
    const buttons = Array.from(list.current?.querySelectorAll('button') ?? [])
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1]
    if (step) buttons[(now + step + buttons.length) % buttons.length]?.focus()
    else if (digit && byDigit && items[Number(digit) - 1]) onChoose(items[Number(digit) - 1]!.key)
    else if (event.key === 'Escape') onBack()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <ul ref={list} className={css.choices} onKeyDown={press}>
      {items.map((each, i) => (
        <li key={each.key}>
          <button type="button" className={css.purpose} onClick={() => onChoose(each.key)}>
            <kbd>{i + 1}</kbd>
            <span>{each.words}</span>
            <span className={css.dim}>{each.detail}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

export function forWords(found: For, incident: string, kase: string): string {
  if (found.incident) {
    return [`${incident} № ${found.incident.number}`, inWords(found.incident.title), inWords(found.incident.label)].filter(Boolean).join(' · ')
  }
  return kase.replace('{number}', found.caseNumber ?? '')
}
