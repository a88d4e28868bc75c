import { Modal } from '@mantine/core'
import { addPasskey, dayTime, isCancelled, type Me, passkeysWork, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/LanguageSwitch'
import css from './account.module.css'
import { client, type OpenSession, type Passkey, type TotpBegun } from './api'
import { PasswordForm } from './PasswordForm'
import { Recoveries } from './Recoveries'
import { TotpForm } from './TotpForm'
import { TurnedAway, useFresh } from './useFresh'


/** One's own account: ways in, password, open sessions, language; and colleagues who wait to be let in again. */
export function AccountSheet({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { run, dialog } = useFresh(me)
  const [said, setSaid] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [begun, setBegun] = useState<TotpBegun | null>(null)
  const passkeys = useQuery({ queryKey: ['passkeys'], queryFn: () => client.get<Passkey[]>('/api/passkeys') })
  const totp = useQuery({ queryKey: ['totp'], queryFn: () => client.get<{ since: string | null }>('/api/totp') })
  const known = useQuery({ queryKey: ['password'], queryFn: () => client.get<{ known: boolean }>('/api/me/password') })
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => client.get<OpenSession[]>('/api/sessions') })
  const act = async (what: () => Promise<unknown>, done: string): Promise<void> => {
    setFault(null)
    setSaid('')
    try {
      await run(what)
      setSaid(done)
    } catch (error) {
      if (!isCancelled(error) && !(error instanceof TurnedAway)) setFault(error)
    }
    await Promise.all(['passkeys', 'totp', 'password', 'sessions', 'me'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  }
  const name = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget).get('name') ?? '').trim() || t('account.this_machine')
    void act(() => addPasskey(client, given), t('passkey.added'))
  }
  return (
    <Modal opened onClose={onClose} size={760} title={<strong>{t('account.title')}</strong>} closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <div className={css.sheet}>
        <p className={css.who}>
          <strong>{me.name}</strong> {t(`role.${me.role}`)}
        </p>
        <p role="status" className={css.said}>
          {said}
        </p>
        {fault !== null && (
          <p role="alert" className={css.wrong}>
            {problemText(fault, t)}
          </p>
        )}
        {me.role !== 'administrator' && <Recoveries me={me} run={run} />}
        {me.method === 'oidc' ? (
          <p className={css.hint}>{t('account.external')}</p>
        ) : (
          <>
            <section>
              <h3>{t('account.passkeys')}</h3>
              <p className={css.hint}>{t('account.passkeys_what')}</p>
              <ul className={css.rows}>
                {passkeys.data?.map((each) => (
                  <li key={each.id}>
                    <span>{each.name}</span>
                    <span className={css.dim}>{each.used_at ? t('account.used', { at: dayTime(each.used_at) }) : t('account.never_used')}</span>
                    <button type="button" className={css.button} onClick={() => void act(() => client.delete(`/api/passkeys/${each.id}`), t('account.removed'))}>
                      {t('account.remove')}
                    </button>
                  </li>
                ))}
              </ul>
              {passkeysWork() ? (
                <form className={css.line} onSubmit={name}>
                  <input name="name" maxLength={60} placeholder={t('account.passkey_name')} aria-label={t('account.passkey_name')} />
                  <button type="submit" className={css.button}>
                    {t('passkey.add')}
                  </button>
                </form>
              ) : (
                <p className={css.hint}>{t('account.no_passkeys_here')}</p>
              )}
            </section>
            <section>
              <h3>{t('account.codes')}</h3>
              {begun ? (
                <TotpForm
                  begun={begun}
                  run={run}
                  onDone={() => {
                    setBegun(null)
                    void act(() => Promise.resolve(), t('totp.done'))
                  }}
                />
              ) : (
                <div className={css.line}>
                  <span className={css.dim}>{totp.data?.since ? t('totp.since', { at: dayTime(totp.data.since) }) : t('totp.none')}</span>
                  <button type="button" className={css.button} onClick={() => void act(async () => setBegun(await client.post<TotpBegun>('/api/totp', undefined)), '')}>
                    {t(totp.data?.since ? 'totp.renew' : 'totp.add')}
                  </button>
                  {totp.data?.since && (
                    <button type="button" className={css.button} onClick={() => void act(() => client.delete('/api/totp'), t('account.removed'))}>
                      {t('account.remove')}
                    </button>
                  )}
                </div>
              )}
            </section>
            <section>
              <h3>{t('account.password')}</h3>
              <PasswordForm hasOne={known.data?.known ?? true} run={run} onDone={() => void act(() => Promise.resolve(), t('password.changed'))} />
            </section>
          </>
        )}
        <section>
          <h3>{t('account.sessions')}</h3>
          <ul className={css.rows}>
            {sessions.data?.map((each) => (
              <li key={each.id}>
                <span title={each.agent}>{browser(each.agent) || t('account.unknown_browser')}</span>
                <span className={css.dim}>
                  {t(`method.${each.method}`)} · {dayTime(each.seen_at)}
                </span>
                {each.own ? (
                  <span className={css.dim}>{t('account.this_one')}</span>
                ) : (
                  <button type="button" className={css.button} onClick={() => void act(() => client.delete(`/api/sessions/${each.id}`), t('account.ended'))}>
                    {t('account.end')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
        <section className={css.line}>
          <h3>{t('bar.language')}</h3>
          <LanguageSwitch onSwitch={(language) => void client.put('/api/me/language', { language }).catch(() => undefined)} />
        </section>
      </div>
      {dialog}
    </Modal>
  )
}

/** What the browser called itself, in two words. */
function browser(agent: string): string {
  const name = /(Edg|OPR|YaBrowser|Firefox|Chrome|Safari)\/(\d+)/.exec(agent)
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)
  return [name?.[1]?.replace('Edg', 'Edge'), system?.[1]].filter(Boolean).join(' · ')
}
