import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { enrol, NoLink, Problem } from '../api'
import type { Device } from '../kept'

/** Once, by whoever puts the post up. */
export function Enrol({ head, done }: { head: ReactNode; done: (device: Device) => Promise<void> }) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setWrong('')
    try {
      await done(await enrol(code.trim()))
    } catch (error) {
      if (error instanceof NoLink) setWrong(t('enrol.no_link'))
      else if (error instanceof Problem && error.code === 'not_a_post') setWrong(t('enrol.not_a_post'))
      else if (error instanceof Problem) setWrong(error.message || t('enrol.failed', { code: error.code }))
      else throw error
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="post">
      {head}
      <main className="enrol">
        <form onSubmit={(event) => void send(event)}>
          <h1>{t('enrol.title')}</h1>
          <p>{t('enrol.how')}</p>
          <label>
            <span>{t('enrol.code')}</span>
            <input
              value={code}
              onChange={(event) => setCode(event.target.value.toUpperCase())}
              autoComplete="one-time-code"
              autoCapitalize="characters"
              spellCheck={false}
              autoFocus
              required
              aria-invalid={wrong !== ''}
              aria-describedby="wrong"
            />
          </label>
          <p id="wrong" role="alert" className="wrong">
            {wrong}
          </p>
          <button type="submit" disabled={busy || code.trim() === ''}>
            {t('enrol.go')}
          </button>
        </form>
      </main>
    </div>
  )
}
