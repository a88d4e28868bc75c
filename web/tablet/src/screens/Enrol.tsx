import { Icon } from '@jedel/ui'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import { Preferences } from '../parts/Preferences'

interface EnrolProps {
  firstCode: string | null
  /** Presses of the earlier enrolment that a new one would erase. */
  unsent: number
  onBack: (() => void) | null
}

export function Enrol({ firstCode, unsent, onBack }: EnrolProps) {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const [code, setCode] = useState(firstCode ?? '')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setWrong('')
    const problem = await tablet.enrol(code.trim())
    setBusy(false)
    if (problem === 'no_link' || problem === 'not_secure') setWrong(t(`enrol.${problem}`))
    else if (problem?.code === 'not_a_tablet') setWrong(t('enrol.not_a_tablet'))
    else if (problem) setWrong(problem.detail || t('enrol.failed', { code: problem.code }))
  }

  return (
    <div className="frame">
      <header className="top">
        <div className="top-unit">
          <strong>Jedel</strong>
        </div>
        <div className="top-right">
          <Preferences />
        </div>
      </header>
      <main className="body centred">
        <form className="sheet" onSubmit={(event) => void send(event)}>
          <Icon name="tablet" size={48} />
          <h1>{t('enrol.title')}</h1>
          {view.erased && (
            <p className="wrong" role="alert">
              {t('enrol.erased')}
            </p>
          )}
          <p className="hint">{t('enrol.how')}</p>
          <label className="field">
            <span>{t('enrol.code')}</span>
            <input
              value={code}
              onChange={(event) => setCode(event.target.value.toUpperCase())}
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              autoFocus
              required
              className="code"
              aria-invalid={wrong !== ''}
              aria-describedby="wrong"
            />
          </label>
          <p id="wrong" role="alert" className="wrong">
            {wrong}
          </p>
          {unsent > 0 && <p className="hint">{t('banner.enter_code_loses', { count: unsent })}</p>}
          {onBack && (
            <button type="button" className="second" onClick={onBack}>
              {t('app.back')}
            </button>
          )}
          <button className="action" disabled={busy || code.trim() === ''}>
            {t(busy ? 'enrol.busy' : 'enrol.go')}
          </button>
        </form>
      </main>
    </div>
  )
}
