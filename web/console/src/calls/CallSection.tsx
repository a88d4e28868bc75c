import { clock, elapsed, Icon, type Incident, LANGUAGE_NAMES, moment, useNow } from '@jedel/ui'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import css from './calls.module.css'
import { useConversation } from './keeper'
import { type Call, SENTENCES, useCalls } from './types'

/** The conversations of an incident: first in its card, the picture before anybody has answered. */
export function CallSection({ incident }: { incident: Incident }) {
  const calls = useCalls().filter((call) => call.incident_id === incident.id)
  return calls.map((call) => <OneCall key={call.id} call={call} />)
}

/** Calls that belong to no incident: posts under test. */
export function TestCalls() {
  const calls = useCalls().filter((call) => call.test)
  if (calls.length === 0) return null
  return (
    <div className={css.tests}>
      {calls.map((call) => (
        <OneCall key={call.id} call={call} />
      ))}
    </div>
  )
}

function OneCall({ call }: { call: Call }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const talk = useConversation()
  const mine = talk.mine?.id === call.id
  const state = call.state === 'lost' ? 'lost' : mine ? 'mine' : call.answered_by ? 'other' : 'ringing'
  return (
    <section className={css.call} data-state={state} data-test={call.test || undefined} aria-label={t('call.label', { post: call.device_name })}>
      <header className={css.head}>
        <Icon name="phone" size={18} />
        <strong>{call.device_name}</strong>
        {call.test && <span className={css.test}>{t('call.test')}</span>}
        <span className={css.language} lang={call.language}>
          {LANGUAGE_NAMES[call.language]}
        </span>
        <time dateTime={call.rang_at}>{elapsed(call.answered_at ?? call.rang_at, now)}</time>
      </header>
      <Picture call={call} />
      <p className={css.state} role="status">
        {state === 'lost' && call.lost_at ? t('call.lost', { time: moment(call.lost_at) }) : t(`call.${state}`, { name: call.answered_name ?? '', time: '' })}
        {mine && talk.dumb && <span className={css.warning}> ▲ {t('call.no_microphone')}</span>}
        {mine && !talk.dumb && !talk.muted && !talk.heard && <span className={css.dim}> {t('call.connecting')}</span>}
      </p>
      {desk.mayDispatch && (
        <div className={css.buttons}>
          {!mine && (
            <button type="button" className={call.answered_by ? css.button : css.primary} onClick={() => void talk.answer(call)}>
              {t(call.answered_by ? 'call.take' : 'call.answer')} {!call.answered_by && <kbd>T</kbd>}
            </button>
          )}
          {mine && (
            <button type="button" className={css.button} aria-pressed={talk.muted} onClick={() => talk.setMuted(!talk.muted)}>
              {t(talk.muted ? 'call.unmute' : 'call.mute')} <kbd>M</kbd>
            </button>
          )}
          {(mine || !call.answered_by) && (
            <button type="button" className={css.button} onClick={() => void talk.end(call)}>
              {t('call.end')} {mine && <kbd>X</kbd>}
            </button>
          )}
        </div>
      )}
      <Lines call={call} />
      {mine && <Writing call={call} />}
    </section>
  )
}

/** Never a picture that stands still without a sign. */
function Picture({ call }: { call: Call }) {
  const { t } = useTranslation()
  const { of } = useConversation()
  const { stream, up } = of(call)
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = stream
  }, [stream])
  const away = !up || call.state === 'lost'
  return (
    <div className={css.picture} data-away={away || undefined}>
      {stream && <video ref={video} muted autoPlay playsInline data-call-picture />}
      {away && <p className={css.away}>{call.camera_id ? t('call.no_picture') : t('call.no_camera')}</p>}
    </div>
  )
}

function Lines({ call }: { call: Call }) {
  const { t } = useTranslation()
  const list = useRef<HTMLOListElement>(null)
  const last = call.lines.at(-1)?.nth
  useEffect(() => {
    void list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [last])
  if (call.lines.length === 0) return null
  return (
    <ol ref={list} className={css.lines} aria-live="polite">
      {call.lines.map((line) => (
        <li key={line.id} data-side={line.side}>
          <time dateTime={line.at}>{clock(line.at)}</time>
          <span>{line.text ?? (line.side === 'desk' ? t(`call_says.${line.code}`) : t(`call_sign.${line.code}`))}</span>
        </li>
      ))}
    </ol>
  )
}

/** Ready sentences reach the person in his language; own words as they are typed. */
function Writing({ call }: { call: Call }) {
  const { t } = useTranslation()
  const talk = useConversation()
  const [text, setText] = useState('')
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const said = text.trim()
    if (said && (await talk.say(call, { text: said }))) setText('')
  }
  return (
    <div className={css.writing}>
      <div className={css.sentences} role="group" aria-label={t('call.sentences', { language: LANGUAGE_NAMES[call.language] })}>
        {SENTENCES.map((code) => (
          <button key={code} type="button" data-code={code} onClick={() => void talk.say(call, { code })}>
            {t(`call_says.${code}`)}
          </button>
        ))}
      </div>
      <form onSubmit={(event) => void send(event)}>
        <input
          value={text}
          maxLength={200}
          aria-label={t('call.write', { language: LANGUAGE_NAMES[call.language] })}
          placeholder={t('call.write', { language: LANGUAGE_NAMES[call.language] })}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" disabled={!text.trim()}>
          {t('call.send')}
        </button>
      </form>
    </div>
  )
}
