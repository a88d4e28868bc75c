import { PasswordInput, TextInput } from '@mantine/core'
import {
  type Client, currentLanguage, Icon, isCancelled, type Me, passkeysWork, Problem, problemText, signInByPasskey, switchLanguage,
} from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Ways } from '../account/api'
import { LanguageSwitch } from '../shell/LanguageSwitch'
import { ThemeSwitch } from '../shell/ThemeSwitch'
import { Begin } from './Begin'
import { Brand } from './Brand'
import css from './SignIn.module.css'

interface Props {
  client: Client
  /** Whether it is still unknown if a session exists. */
  waiting: boolean
  noLink: boolean
  onSignedIn: (me: Me) => void
}

type Page = 'password' | 'begin' | 'first' | 'lost'

export function SignIn({ client, waiting, noLink, onSignedIn }: Props) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [chosen, setChosen] = useState(false)
  const [page, setPage] = useState<Page | null>(null)
  const [asksCode, setAsksCode] = useState(false)
  const ways = useQuery({ queryKey: ['me', 'ways'], queryFn: () => client.get<Ways>('/api/session/ways'), staleTime: 60_000 })
  const shown = page ?? (ways.data?.first ? 'first' : 'password')
  const turnedBack = useTurnedBack()

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const code = asksCode ? String(form.get('code')) : null
    void enter(() => client.post<Me>('/api/session', { login: form.get('login'), password: form.get('password'), code }))
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
      if (error instanceof Problem && error.code === 'totp_needed') setAsksCode(true)
      else if (!isCancelled(error)) setFault(error)
    } finally {
      setBusy(false)
    }
  }

  const refused = fault instanceof Problem && fault.status === 401 && !fault.message
  const said = noLink ? t('sign_in.no_link') : refused ? t('sign_in.refused') : fault !== null ? problemText(fault, t) : turnedBack
  return (
    <main className={css.page}>
      <header className={css.corner}>
        <LanguageSwitch onSwitch={() => setChosen(true)} />
        <ThemeSwitch />
      </header>
      {shown !== 'password' ? (
        <Begin kind={shown} client={client} enter={enter} busy={busy} fault={fault} onBack={() => { setFault(null); setPage('password') }} />
      ) : (
        <form className={css.form} onSubmit={submit}>
          <Brand />
          <TextInput name="login" label={t('sign_in.login')} autoComplete="username" required autoFocus size="md" disabled={waiting} withAsterisk={false} onChange={() => setAsksCode(false)} />
          <PasswordInput name="password" label={t('sign_in.password')} autoComplete="current-password" required size="md" disabled={waiting} withAsterisk={false} />
          {asksCode && (
            <TextInput
              name="code" label={t('sign_in.code')} description={t('sign_in.code_what')} inputMode="numeric" autoComplete="one-time-code"
              pattern="\s*\d{3}\s*\d{3}\s*" maxLength={7} required autoFocus size="md" withAsterisk={false}
            />
          )}
          {said !== '' && (
            <p role="alert" className={css.fault}>
              <Icon name="unlink" size={16} />
              {said}
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
          {ways.data?.provider && (
            <a className={css.passkey} href="/api/session/oidc">
              {t('sign_in.provider', { name: ways.data.provider })}
            </a>
          )}
          <p className={css.more}>
            <button type="button" onClick={() => { setFault(null); setPage('begin') }}>
              {t('sign_in.have_code')}
            </button>
            <button type="button" onClick={() => { setFault(null); setPage('lost') }}>
              {t('sign_in.lost')}
            </button>
          </p>
        </form>
      )}
    </main>
  )
}

/** Why the identity provider's way led back here without a session; the address then says so, once. */
function useTurnedBack(): string {
  const { t } = useTranslation()
  const [code] = useState(() => {
    const found = /^#refused=(oidc_not_valid|oidc_no_account|unavailable)$/.exec(location.hash)?.[1] ?? ''
    if (found) history.replaceState(null, '', location.pathname)
    return found
  })
  return code ? t(`sign_in.${code}`) : ''
}
