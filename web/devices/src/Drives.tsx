import { Icon, inWords } from '@jedel/ui'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { drive, Refused, toldOf, type DemoTablet, type Drive, type Driven } from './api'

const LOOK_EVERY_MS = 1_500

type State = { is: 'quiet' } | { is: 'sending' } | { is: 'driving'; driven: Driven } | { is: 'failed'; why: string }

/** Cars that a visitor sends past the street cameras. */
export function Drives({ drives }: { drives: Drive[] }) {
  const { t } = useTranslation()
  if (drives.length === 0) return null
  return (
    <section className="drives" aria-labelledby="drives">
      <h2 id="drives">{t('drive.title')}</h2>
      <p className="small">{t('drive.how')}</p>
      <ul className="devices">
        {drives.map((each) => (
          <DriveCard key={each} what={each} />
        ))}
      </ul>
    </section>
  )
}

function DriveCard({ what }: { what: Drive }) {
  const { t } = useTranslation()
  const [state, setState] = useState<State>({ is: 'quiet' })

  const send = async (): Promise<void> => {
    setState({ is: 'sending' })
    try {
      setState({ is: 'driving', driven: await drive(what) })
    } catch (error) {
      setState({ is: 'failed', why: error instanceof Refused ? error.message : t('page.no_answer') })
    }
  }

  return (
    <li className="device">
      <div className="device-head">
        <Icon name="plate" size={30} />
        <div>
          <h3>{t(`drive.${what}`)}</h3>
          <p className="small">{t(`drive.${what}_how`)}</p>
        </div>
      </div>
      <div className="device-buttons">
        <button type="button" className="press" disabled={state.is === 'sending'} onClick={() => void send()}>
          {t(`drive.${what}_go`)}
        </button>
      </div>
      <p className="outcome" role="status" data-state={state.is === 'driving' ? 'received' : state.is}>
        {state.is === 'sending' && t('drive.sending')}
        {state.is === 'failed' && t('page.failed', { why: state.why })}
        {state.is === 'driving' && (
          <>
            <strong>{t('drive.driving', { plate: state.driven.plate })}</strong>
            <span>
              {t('drive.cameras', { numbers: state.driven.cameras.join(' → ') })}
              {state.driven.in_s > 1 && ` · ${t('drive.first_in', { s: state.driven.in_s })}`}
            </span>
          </>
        )}
      </p>
      {state.is === 'driving' && <Ringing plate={state.driven.plate} />}
    </li>
  )
}

/** Tablets that ring because of the car, each to be opened. */
function Ringing({ plate }: { plate: string }) {
  const { t } = useTranslation()
  const [told, setTold] = useState<DemoTablet[]>([])
  useEffect(() => {
    const look = (): void => {
      toldOf(plate).then(setTold, () => setTold([]))
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [plate])
  return told.map((each) => (
    <a
      key={each.unit_id}
      className="button"
      href={each.url}
      target={`jedel-tablet-${each.call_sign}`}
      rel="noreferrer"
    >
      <Icon name="tablet" size={22} />
      {t('drive.rings', { sign: inWords(each.call_sign) })}
    </a>
  ))
}
