import { type Case, Cases, type Client, Icon, type Incident, inWords, problemText, type Purpose, type Reading } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AnswerCard } from './AnswerCard'
import { useAsking } from './asking'
import { CaseChooser, forWords } from './CaseChooser'
import css from './lookups.module.css'
import { Waiting } from './Waiting'

/** What another room wants looked up: for this incident, perhaps this text already. */
export interface Call {
  incident: Incident | null
  text: string
}

interface Props {
  client: Client
  account: string
  /** Duty officers and supervisors see who waits for a second person. */
  decides: boolean
  call: Call | null
  onTaken: () => void
}

/** One field for every number, one answer on one screen, and for what it is asked always in sight. */
export function LookupRoom({ client, account, decides, call, onTaken }: Props) {
  const { t } = useTranslation()
  const cases = useMemo(() => new Cases(account), [account])
  const [kase, setCase] = useState<Case | null>(() => cases.all()[0] ?? null)
  const [choosing, setChoosing] = useState(false)
  const [first, setFirst] = useState<Pick<Case, 'incident' | 'caseNumber'> | null>(null)
  const [text, setText] = useState('')
  const [shownId, setShownId] = useState<string | null>(null)
  const asking = useAsking(client)
  const field = useRef<HTMLInputElement>(null)
  const purposes = useQuery({
    queryKey: ['lookups', 'purposes'],
    queryFn: ({ signal }) => client.get<Purpose[]>('/api/lookups/purposes', signal),
    staleTime: 60_000,
  })

  useEffect(() => {
    if (!call) return
    if (call.incident) {
      const { id, number, title, place } = call.incident
      const found = { incident: { id, number, title, label: place.label }, caseNumber: null }
      const before = cases.find(found)
      if (before) {
        cases.take(before)
        setCase(before)
        setChoosing(false)
      } else {
        setFirst(found)
        setChoosing(true)
      }
    }
    if (call.text) setText(call.text)
    onTaken()
    field.current?.focus()
  }, [call, cases, onTaken])

  const chosen = (found: Case): void => {
    cases.take(found)
    setCase(found)
    setChoosing(false)
    setFirst(null)
  }
  const change = (): void => {
    setFirst(null)
    setChoosing(true)
  }
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== 'F4' && event.key !== 'F6') return
      event.preventDefault()
      if (event.key === 'F6') change()
      else (field.current ?? document.querySelector<HTMLInputElement>('input[name="for"]'))?.focus()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
  const open = choosing || !kase
  useEffect(() => {
    if (!open) field.current?.focus()
  }, [open])
  const shown = asking.list.find((each) => each.id === shownId) ?? asking.list[0]
  const purpose = purposes.data?.find((each) => each.code === kase?.purpose)

  return (
    <section className={css.room} aria-label={t('rail.lookups')}>
      <div className={css.side}>
        {open ? (
          <CaseChooser key={first?.incident?.id ?? 'any'} client={client} cases={cases} first={first} onChosen={chosen} onBack={kase ? () => setChoosing(false) : null} />
        ) : (
          <>
            <div className={css.case}>
              <div>
                <p className={css.forWhat}>{forWords(kase, t('lookups.incident'), t('lookups.case'))}</p>
                <p className={css.why}>{purpose ? inWords(purpose.names) : kase.purpose}</p>
              </div>
              <button type="button" className={css.button} onClick={change}>
                {t('lookups.change')} <kbd>F6</kbd>
              </button>
            </div>
            <AskField
              client={client}
              input={field}
              text={text}
              onText={setText}
              onAsk={(reading) => {
                asking.ask(reading, kase)
                setShownId(null)
                setText('')
              }}
            />
          </>
        )}
        {asking.list.length > 1 && (
          <nav className={css.past} aria-label={t('lookups.past')}>
            <h2>{t('lookups.past')}</h2>
            {asking.list.map((each) => (
              <button key={each.id} type="button" className={css.pastItem} aria-current={each === shown ? 'true' : undefined} onClick={() => setShownId(each.id)}>
                <strong>{each.reading.number}</strong>
                <span className={css.dim}>{t(`asked_by.${each.reading.by}`)}</span>
                {each.answer?.state === 'asked' && <Icon name="clock" size={16} title={t('lookups.waits')} />}
              </button>
            ))}
          </nav>
        )}
        {decides && <Waiting client={client} account={account} />}
      </div>
      <div className={css.main}>
        {shown ? (
          <AnswerCard key={shown.id} asked={shown} onAgain={asking.retry} />
        ) : (
          <div className={css.empty}>
            <Icon name="search" size={40} />
            <h2>{t('lookups.empty')}</h2>
            <p>{t('lookups.empty_what')}</p>
            <p>{t('lookups.on_record')}</p>
          </div>
        )}
      </div>
    </section>
  )
}

interface FieldProps {
  client: Client
  input: React.RefObject<HTMLInputElement | null>
  text: string
  onText: (text: string) => void
  onAsk: (reading: Reading) => void
}

/** What is typed or said, and what it is taken for before anything is asked. */
function AskField({ client, input, text, onText, onAsk }: FieldProps) {
  const { t } = useTranslation()
  const [at, setAt] = useState(0)
  const [entered, setEntered] = useState<string | null>(null)
  const wanted = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['lookups', 'read', wanted],
    queryFn: () => client.post<Reading[]>('/api/lookups/read', { text: wanted }),
    enabled: wanted.length >= 3,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const readings = wanted.length >= 3 && found.data ? found.data : []
  useEffect(() => setAt(0), [wanted])
  // A quick hand presses Enter before the reading is there: it is asked as soon as it is, if only one thing can be meant.
  useEffect(() => {
    if (entered === null || entered !== wanted || !found.isSuccess) return
    setEntered(null)
    if (readings.length === 1) onAsk(readings[0]!)
  }, [entered, wanted, found.isSuccess, readings, onAsk])
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && readings.length > 1) {
      event.preventDefault()
      setAt((at + step + readings.length) % readings.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (wanted === text.trim() && readings[at]) onAsk(readings[at])
      else setEntered(text.trim())
    } else if (event.key === 'Escape' && text) {
      event.stopPropagation()
      onText('')
    }
  }
  return (
    <div>
      <input
        ref={input}
        autoFocus
        name="number"
        className={css.field}
        data-big
        value={text}
        maxLength={200}
        placeholder={t('lookups.field_how')}
        aria-label={t('lookups.field')}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={press}
        autoComplete="off"
        spellCheck={false}
      />
      <ul className={css.readings} role="listbox" aria-label={t('lookups.taken_for')}>
        {readings.map((each, i) => (
          <li key={`${each.by}${each.number}`} role="option" aria-selected={i === at} className={css.choice} onClick={() => onAsk(each)}>
            <span className={css.dim}>{t(`asked_by.${each.by}`)}</span>
            <strong>{each.number}</strong>
            {i === at && <kbd>Enter</kbd>}
          </li>
        ))}
      </ul>
      {found.isError && wanted.length >= 3 && <p className={css.fault}>{problemText(found.error, t)}</p>}
      {found.isSuccess && wanted.length >= 3 && readings.length === 0 && <p className={css.fault}>{t('lookups.no_number')}</p>}
      {text === '' && <p className={css.hint}>{t('lookups.field_what')}</p>}
    </div>
  )
}
