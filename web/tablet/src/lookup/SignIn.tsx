import { isCancelled, passkeysWork, Problem, problemText, signInByPasskey } from '@jedel/ui'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { type Keeper, NotAllowed } from './keeper'

/** At the first look-up the officer signs in with the own account: the tablet alone may ask nothing. */
export function SignIn({ keeper, linked, onBack }: { keeper: Keeper; linked: boolean; onBack: () => void }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const [code, setCode] = useState(false)

  const enter = async (signIn: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setWrong('')
    try {
      await signIn()
    } catch (error) {
      if (error instanceof Problem && error.code === 'totp_needed') setCode(true)
      else if (error instanceof NotAllowed) setWrong(t('lookup.not_allowed'))
      else if (!isCancelled(error)) setWrong(problemText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = String(form.get('code') ?? '').trim()
    void enter(() =>
      keeper.signIn({ login: String(form.get('login')), password: String(form.get('password')), ...(given ? { code: given } : {}) }),
    )
  }
  return (
    <div className="body centred">
      <form className="sheet" onSubmit={submit}>
        <h1>{t('lookup.sign_in')}</h1>
        <p className="hint">{t(linked ? 'lookup.sign_in_why' : 'lookup.sign_in_no_link')}</p>
        <label className="field">
          <span>{t('lookup.login')}</span>
          <input name="login" autoComplete="username" autoCapitalize="none" spellCheck={false} required disabled={!linked} />
        </label>
        <label className="field">
          <span>{t('lookup.password')}</span>
          <input name="password" type="password" autoComplete="current-password" required disabled={!linked} />
        </label>
        {code && (
          <label className="field">
            <span>{t('lookup.code')}</span>
            <input name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus maxLength={8} required />
          </label>
        )}
        <p className="wrong" role="alert">
          {wrong}
        </p>
        <button className="action" disabled={busy || !linked}>
          {t('lookup.enter')}
        </button>
        {passkeysWork() && (
          <button type="button" className="second" disabled={busy || !linked} onClick={() => void enter(() => signInByPasskey(keeper.api.client).then((me) => keeper.take(me)))}>
            {t('lookup.passkey')}
          </button>
        )}
        <button type="button" className="second" onClick={onBack}>
          {t('app.back')}
        </button>
      </form>
    </div>
  )
}
