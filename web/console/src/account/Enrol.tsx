import { addPasskey, type Client, isCancelled, type Me, passkeysWork, problemText } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/LanguageSwitch'
import { ThemeSwitch } from '../shell/ThemeSwitch'
import signIn from '../sign-in/SignIn.module.css'
import css from './account.module.css'
import { client, type TotpBegun } from './api'
import { PasswordForm } from './PasswordForm'
import { TotpForm } from './TotpForm'
import { useFresh } from './useFresh'

interface Props {
  me: Me
  desk: Client
  onDone: () => void
  onSignedOut: () => void
}

/** Nothing else is open before the account has a second factor: a passkey, or a password with codes. */
export function Enrol({ me, desk, onDone, onSignedOut }: Props) {
  const { t } = useTranslation()
  const { run, dialog } = useFresh(me)
  const [fault, setFault] = useState<unknown>(null)
  const [begun, setBegun] = useState<TotpBegun | null>(null)
  const [password, setPassword] = useState(me.method === 'password')
  const [byCodes, setByCodes] = useState(!passkeysWork())
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setFault(null)
    try {
      await what()
    } catch (error) {
      if (!isCancelled(error)) setFault(error)
    }
  }
  const begin = () => act(async () => setBegun(await client.post<TotpBegun>('/api/totp', undefined)))
  return (
    <main className={signIn.page}>
      <header className={signIn.corner}>
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <div className={css.enrol}>
        <h1>{t('enrol.title', { name: me.name })}</h1>
        <p className={css.hint}>{t('enrol.what')}</p>
        {fault !== null && (
          <p role="alert" className={css.wrong}>
            {problemText(fault, t)}
          </p>
        )}
        {passkeysWork() && (
          <section>
            <h3>{t('enrol.passkey')}</h3>
            <p className={css.hint}>{t('account.passkeys_what')}</p>
            <button
              type="button"
              className={css.action}
              onClick={() =>
                void act(async () => {
                  await addPasskey(client, navigator.platform || 'Jedel')
                  onDone()
                })
              }
            >
              {t('passkey.add')}
            </button>
          </section>
        )}
        <section>
          <h3>{t('enrol.codes')}</h3>
          <p className={css.hint}>{t('enrol.codes_what')}</p>
          {!byCodes && (
            <button type="button" className={css.button} onClick={() => setByCodes(true)}>
              {t('enrol.choose_codes')}
            </button>
          )}
          {byCodes && !password && (
            <PasswordForm
              hasOne={false}
              run={run}
              onDone={() => {
                setPassword(true)
                void begin()
              }}
            />
          )}
          {byCodes && password && !begun && (
            <button type="button" className={css.action} onClick={() => void begin()}>
              {t('totp.add')}
            </button>
          )}
          {byCodes && begun && <TotpForm begun={begun} run={run} onDone={onDone} />}
        </section>
        <button type="button" className={css.button} data-end onClick={() => void desk.delete('/api/session').then(onSignedOut, onSignedOut)}>
          {t('bar.sign_out')}
        </button>
        {dialog}
      </div>
    </main>
  )
}
