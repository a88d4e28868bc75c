import { Modal } from '@mantine/core'
import { isCancelled, type Me, passkeysWork, Problem, problemText, proveByPasskey } from '@jedel/ui'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { client } from './api'

interface Asking {
  proved: () => void
  gaveUp: (reason: unknown) => void
}

/** Somebody who was asked for proof turned away: nothing is to be said. */
export class TurnedAway extends Error {}

/** Runs what needs a fresh proof; where the last one is too old, asks for it first and then runs it again. */
export function useFresh(me: Me): { run: <T>(what: () => Promise<T>) => Promise<T>; dialog: ReactNode } {
  const [asking, setAsking] = useState<Asking | null>(null)
  const run = useCallback(async <T,>(what: () => Promise<T>): Promise<T> => {
    try {
      return await what()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'fresh_sign_in_needed') throw error
      try {
        await new Promise<void>((proved, gaveUp) => setAsking({ proved, gaveUp }))
      } finally {
        setAsking(null)
      }
      return what()
    }
  }, [])
  return { run, dialog: asking && <Prove me={me} asking={asking} /> }
}

function Prove({ me, asking }: { me: Me; asking: Asking }) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const attempt = async (what: () => Promise<unknown>): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await what()
      asking.proved()
    } catch (error) {
      if (!isCancelled(error)) setFault(error)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const said = new FormData(event.currentTarget)
    const code = String(said.get('code') ?? '').trim()
    void attempt(() => client.post('/api/session/again', { password: said.get('password'), code: code || null }))
  }
  return (
    <Modal opened onClose={() => asking.gaveUp(new TurnedAway())} title={<strong>{t('fresh.title')}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <form className={css.form} onSubmit={submit}>
        <p className={css.hint}>{t('fresh.what')}</p>
        {me.method === 'oidc' ? (
          <a className={css.action} href="/api/session/oidc">
            {t('fresh.provider')}
          </a>
        ) : (
          <>
            {passkeysWork() && (
              <button type="button" className={css.action} disabled={busy} onClick={() => void attempt(() => proveByPasskey(client))}>
                {t('fresh.passkey')}
              </button>
            )}
            <label>
              {t('sign_in.password')}
              <input name="password" type="password" autoComplete="current-password" required />
            </label>
            <label>
              {t('sign_in.code')}
              <input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={7} className={css.short} />
            </label>
            <button type="submit" className={css.button} disabled={busy}>
              {t('fresh.submit')}
            </button>
          </>
        )}
        {fault !== null && (
          <p role="alert" className={css.wrong}>
            {problemText(fault, t)}
          </p>
        )}
      </form>
    </Modal>
  )
}
