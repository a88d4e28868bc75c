import { Icon } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { drive, Refused, type Drive, type Driven } from './api'

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
    </li>
  )
}
