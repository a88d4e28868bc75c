import { PasswordInput, TextInput } from '@mantine/core'
import {
  type Client, currentLanguage, Icon, isCancelled, type Me, passkeysWork, Problem, problemText, signInByPasskey, switchLanguage,
} from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/LanguageSwitch'
import { ThemeSwitch } from '../shell/ThemeSwitch'
import css from './SignIn.module.css'

interface Props {
  client: Client
  /** Whether it is still unknown if a session exists. */
  waiting: boolean
  noLink: boolean
  onSignedIn: (me: Me) => void
}

export function SignIn({ client, waiting, noLink, onSignedIn }: Props) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [chosen, setChosen] = useState(false)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void enter(() => client.post<Me>('/api/session', { login: form.get('login'), password: form.get('password') }))
  }

  async function enter(signIn: () => Promise<Me>) {
    setBusy(true)
    setFault(null)
    try {
      const me = await signIn()
      // Whoever sits down gets his own language, not that of the shift before; a choice made just now goes before both.
      if (chosen) void client.put('/api/me/language', { language: currentLanguage() }).catch(() => undefined)
      else await switchLanguage(me.language)
      onSignedIn(me)
    } catch (error) {
      if (!isCancelled(error)) setFault(error)
    } finally {
      setBusy(false)
    }
  }

  const refused = fault instanceof Problem && fault.status === 401 && !fault.message
  return (
    <main className={css.page}>
      <header className={css.corner}>
        <LanguageSwitch onSwitch={() => setChosen(true)} />
        <ThemeSwitch />
      </header>
      <form className={css.form} onSubmit={submit}>
        <div className={css.brand}>
          <svg width="40" height="40" viewBox="0 0 24 24" aria-hidden>
            <path d="M12 2L20.5 5V11.8C20.5 16.6 17 20.2 12 22.2C7 20.2 3.5 16.6 3.5 11.8V5Z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
            <path d="M6.8 12.4H9.6L11.2 8.6L13.2 15.8L14.5 12.4H17.2" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
          <div>
            <h1 className={css.name}>Jedel</h1>
            <p className={css.what}>{t('sign_in.what')}</p>
          </div>
        </div>
        <TextInput name="login" label={t('sign_in.login')} autoComplete="username" required autoFocus size="md" disabled={waiting} withAsterisk={false} />
        <PasswordInput name="password" label={t('sign_in.password')} autoComplete="current-password" required size="md" disabled={waiting} withAsterisk={false} />
        {(fault !== null || noLink) && (
          <p role="alert" className={css.fault}>
            <Icon name="unlink" size={16} />
            {noLink ? t('sign_in.no_link') : refused ? t('sign_in.refused') : problemText(fault, t)}
          </p>
        )}
        <button type="submit" className={css.submit} disabled={waiting || busy}>
          {t('sign_in.submit')}
        </button>
        {passkeysWork() && (
          <button type="button" className={css.passkey} disabled={waiting || busy} onClick={() => void enter(() => signInByPasskey(client))}>
            {t('sign_in.passkey')}
          </button>
        )}
      </form>
    </main>
  )
}
