import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import type { Api, Line as Said, PostCall } from '../api'
import type { Line } from '../line'
import { useTalk } from '../media'
import { Pictogram, SIGNS } from '../parts/Pictogram'
import { RecordedSign } from '../parts/RecordedSign'
import { useRingback } from '../ringback'

/** From the press on: what is happening, when help comes, what the police write, and answers in pictures. */
export function Call({ line, api }: { line: Line; api: Api }) {
  const { t } = useTranslation()
  const { call, press, sending, cutSince } = useSyncExternalStore(line.subscribe, line.snapshot)
  const over = call?.state === 'ended' && !press
  const cut = cutSince !== null
  const talk = useTalk(api, over || !call ? null : call.id, !over, !!call?.answered && !over)
  useRingback(!over && !cut && !call?.answered)
  return (
    <main className="call" data-over={over || undefined}>
      <Status call={press ? null : call} over={over} cut={cut} />
      {call && !over && <Help call={call} />}
      {call && !over && <Lines lines={call.lines} />}
      {over ? (
        <button type="button" className="again" autoFocus onClick={() => void line.press()}>
          {t('call.again')}
        </button>
      ) : (
        <>
          {call && <Answers line={line} sending={sending} said={call.lines} />}
          <footer>
            {talk.failed ? (
              <p className="sign cut" role="alert">
                {t('call.no_camera')}
              </p>
            ) : (
              <RecordedSign>{t(call && !cut ? 'call.recorded' : 'idle.recorded')}</RecordedSign>
            )}
            <Preview stream={talk.own} />
          </footer>
        </>
      )}
      <Voice stream={talk.officer} />
    </main>
  )
}

function Status({ call, over, cut }: { call: PostCall | null; over: boolean; cut: boolean }) {
  const { t } = useTranslation()
  const state = over ? 'over' : !call ? 'sending' : cut ? 'cut' : call.answered ? 'answered' : 'ringing'
  return (
    <div className="say" role="status" data-state={state} data-cut={cut || undefined}>
      <h1>{t(`call.${state}`)}</h1>
      {state !== 'sending' && <p>{t(`call.${state}_what`)}</p>}
    </div>
  )
}

/** Only what is so: nothing is promised before a patrol is sent. */
function Help({ call }: { call: PostCall }) {
  const { t } = useTranslation()
  const { state, minutes } = call.help
  if (state === 'none') return null
  return (
    <div className="help" role="status" data-state={state}>
      <span>{t(`help.${state}`)}</span>
      {minutes !== null && <strong>{t('help.minutes', { count: minutes })}</strong>}
    </div>
  )
}

/** The last lines, the newest at the bottom, each in the language that is chosen now. */
function Lines({ lines }: { lines: Said[] }) {
  const { t } = useTranslation()
  return (
    <ol className="lines" aria-live="polite" hidden={lines.length === 0}>
      {lines.slice(-4).map((each) => (
        <li key={each.id} data-side={each.side}>
          <span className="hidden">{t(each.side === 'desk' ? 'line.desk' : 'line.you')} </span>
          {each.text ?? (each.side === 'desk' ? t(`call_says.${each.code}`) : t(`call_sign.${each.code}`))}
        </li>
      ))}
    </ol>
  )
}

function Answers({ line, sending, said }: { line: Line; sending: string[]; said: Said[] }) {
  const { t } = useTranslation()
  const last = said.filter((each) => each.side === 'post').at(-1)?.code
  return (
    <div className="answers" role="group" aria-label={t('sign.title')}>
      {SIGNS.map((sign) => (
        <button
          key={sign}
          type="button"
          data-sign={sign}
          aria-pressed={sign === last}
          aria-busy={sending.includes(sign)}
          onClick={() => void line.sign(sign)}
        >
          <Pictogram name={sign} />
          <span>{t(`call_sign.${sign}`)}</span>
        </button>
      ))}
    </div>
  )
}

function Preview({ stream }: { stream: MediaStream | null }) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = stream
  }, [stream])
  if (!stream) return null
  return (
    <figure>
      <video ref={video} muted autoPlay playsInline aria-hidden />
      <figcaption>{t('call.you')}</figcaption>
    </figure>
  )
}

function Voice({ stream }: { stream: MediaStream | null }) {
  const audio = useRef<HTMLAudioElement>(null)
  const [blocked, setBlocked] = useState(false)
  useEffect(() => {
    if (!audio.current) return
    audio.current.srcObject = stream
    if (stream) audio.current.play().then(() => setBlocked(false), () => setBlocked(true))
  }, [stream])
  return <audio ref={audio} data-blocked={blocked || undefined} />
}
