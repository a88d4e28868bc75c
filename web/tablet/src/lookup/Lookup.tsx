import { type Answer, type Case, Cases, Icon, inWords, newId, NoLink, Problem, problemText, type Reading } from '@jedel/ui'
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import { ForWhat, forWords, incidentFor } from './ForWhat'
import { type FoundOffline, type Keeper, QueueFull } from './keeper'
import { Keypad } from './Keypad'
import './lookup.css'
import { plateOf } from './plate'
import { OfflineResult, Result, whenOf } from './Result'
import { SignIn } from './SignIn'

const AGAIN_MS = 2_000
const LIFE_MS = 15 * 60_000

type Said = { at: number } & (
  | { kind: 'answer'; reading: Reading; id: string; case: Case; answer: Answer }
  | { kind: 'offline'; found: FoundOffline }
  | { kind: 'fault'; text: string }
)

/** One field, one answer; signed in, with an incident or a case and a purpose that are always in sight. */
export function Lookup({ keeper, onBack }: { keeper: Keeper; onBack: () => void }) {
  const [, view] = useTablet()
  const linked = view.link.up
  const incident = view.job?.incident ?? null
  const [checked, setChecked] = useState(!linked)
  useEffect(() => {
    if (linked) void keeper.whoAmI().catch(() => undefined).finally(() => setChecked(true))
  }, [keeper, linked])
  const signed = keeper.signed
  const cases = useMemo(() => new Cases(signed?.id ?? 'nobody'), [signed?.id])
  const [kase, setCase] = useState<Case | null>(null)
  useEffect(() => {
    const before = signed ? (incident ? cases.find(incidentFor(incident)) : cases.all()[0]) : undefined
    setCase(before ?? null)
    // Another incident or another officer begins anew.
  }, [cases, signed?.id, incident?.id]) // eslint-disable-line react-hooks/exhaustive-deps
  if (!checked) return <div className="body" aria-busy />
  if (!signed) return <SignIn keeper={keeper} linked={linked} onBack={onBack} />
  if (!kase) {
    const chosen = (found: Case): void => {
      cases.take(found)
      setCase(found)
    }
    return <ForWhat keeper={keeper} cases={cases} incident={incident} linked={linked} onChosen={chosen} onBack={onBack} />
  }
  return <Asking keeper={keeper} kase={kase} linked={linked} onChange={() => setCase(null)} onBack={onBack} />
}

interface AskingProps {
  keeper: Keeper
  kase: Case
  linked: boolean
  onChange: () => void
  onBack: () => void
}

function Asking({ keeper, kase, linked, onChange, onBack }: AskingProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [choices, setChoices] = useState<Reading[]>([])
  const [said, setSaid] = useState<Said | null>(null)
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)

  const fault = (error: unknown): void => setSaid({ kind: 'fault', at: Date.now(), text: problemText(error, t) })

  const offline = async (): Promise<void> => {
    const plate = plateOf(text)
    if (!plate) return setSaid({ kind: 'fault', at: Date.now(), text: t('lookup.offline_plates') })
    if (!keeper.wanted.there) return setSaid({ kind: 'fault', at: Date.now(), text: t('lookup.no_list') })
    try {
      setSaid({ kind: 'offline', at: Date.now(), found: await keeper.askOffline(plate, kase) })
      setText('')
    } catch (error) {
      setSaid({ kind: 'fault', at: Date.now(), text: error instanceof QueueFull ? t('lookup.queue_full') : problemText(error, t) })
    }
  }
  const ask = async (reading: Reading): Promise<void> => {
    setChoices([])
    const id = newId()
    const answer = await keeper.ask(id, reading, kase)
    setSaid({ kind: 'answer', at: Date.now(), reading, id, case: kase, answer })
    setText('')
  }
  const go = async (reading?: Reading): Promise<void> => {
    if (busy || !text.trim()) return
    setBusy(true)
    keeper.hand()
    try {
      if (!linked) await offline()
      else if (reading) await ask(reading)
      else {
        const found = await keeper.api.read(text.trim())
        if (found.length === 1) await ask(found[0]!)
        else if (found.length > 1) setChoices(found)
        else setSaid({ kind: 'fault', at: Date.now(), text: t('lookup.no_number') })
      }
    } catch (error) {
      if (error instanceof NoLink) await offline()
      else fault(error)
    } finally {
      setBusy(false)
    }
  }

  // While a second person is waited for, the screen moves by itself.
  const waits = said?.kind === 'answer' && said.answer.state === 'asked' ? said : null
  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => {
      keeper.ask(waits.id, waits.reading, waits.case).then(
        (answer) => setSaid((now) => (now === waits ? { ...waits, at: Date.now(), answer } : now)),
        (error: unknown) => {
          if (error instanceof Problem) setSaid((now) => (now === waits ? { kind: 'fault', at: Date.now(), text: problemText(error, t) } : now))
        },
      )
    }, AGAIN_MS)
    return () => clearInterval(timer)
  }, [waits, keeper, t])
  // Nobody who takes the tablet later reads what was answered before.
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), LIFE_MS)
    return () => clearTimeout(timer)
  }, [said])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    input.current?.blur()
    void go()
  }
  return (
    <div className="look">
      <header className="look-case">
        <div>
          <strong>{forWords(kase, t)}</strong>
          <span className="hint">{[inWords(keeper.purposes.find((each) => each.code === kase.purpose)?.names), keeper.signed?.name].filter(Boolean).join(' · ')}</span>
        </div>
        <button type="button" className="second" onClick={onChange}>
          {t('lookup.change')}
        </button>
        <button type="button" className="second" onClick={() => void keeper.signOut()}>
          {t('lookup.sign_out')}
        </button>
      </header>
      {!linked && (
        <p className="look-banner" role="status">
          <Icon name="unlink" size={24} />
          {keeper.wanted.there ? t('lookup.offline', { time: whenOf(keeper.wanted.fetchedAt) }) : t('lookup.no_list')}
        </p>
      )}
      {keeper.unsent > 0 && <p className="look-unsent">{t('lookup.unsent', { count: keeper.unsent })}</p>}
      <div className="look-said">
        {said?.kind === 'answer' && <Result number={said.reading.number} answer={said.answer} />}
        {said?.kind === 'offline' && <OfflineResult said={said.found} />}
        {said?.kind === 'fault' && (
          <p className="look-fault" role="alert">
            {said.text}
          </p>
        )}
        {!said && <p className="look-empty">{t(linked ? 'lookup.how' : 'lookup.how_offline')}</p>}
      </div>
      <form className="look-ask" onSubmit={submit}>
        {choices.length > 0 && (
          <div className="look-choices" role="group" aria-label={t('lookup.which')}>
            {choices.map((each) => (
              <button key={`${each.by}${each.number}`} type="button" className="second" onClick={() => void go(each)}>
                <small>{t(`asked_by.${each.by}`)}</small> {each.number}
              </button>
            ))}
          </div>
        )}
        <div className="look-line-in">
          <label className="field">
            <span className="j-visually-hidden">{t('lookup.field')}</span>
            <input
              ref={input}
              name="number"
              value={text}
              maxLength={200}
              placeholder={t(linked ? 'lookup.field' : 'asked_by.plate')}
              autoCapitalize="characters"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setText(event.target.value)
                setChoices([])
              }}
            />
          </label>
          <button className="action" disabled={busy || !text.trim()}>
            {t('lookup.ask')}
          </button>
          <button type="button" className="second" onClick={onBack}>
            {t('app.back')}
          </button>
        </div>
        <Keypad
          onKey={(key) => {
            setText((now) => now + key)
            setChoices([])
          }}
          onBack={() => setText((now) => now.slice(0, -1))}
        />
      </form>
    </div>
  )
}
