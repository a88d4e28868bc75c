import { problemText } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { client, command, type TotpBegun } from './api'

interface Props {
  begun: TotpBegun
  run: <T>(what: () => Promise<T>) => Promise<T>
  onDone: () => void
}

/** The secret, once: read by the app on the phone, and in force when its first code is typed. */
export function TotpForm({ begun, run, onDone }: Props) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code') ?? '')
    setFault(null)
    try {
      await run(() => client.post('/api/totp/confirm', { ...command(), code }))
      onDone()
    } catch (error) {
      setFault(error)
    }
  }
  return (
    <form className={css.totp} onSubmit={(event) => void submit(event)}>
      <svg viewBox={`0 0 ${begun.qr_size} ${begun.qr_size}`} role="img" aria-label={t('totp.qr')} shapeRendering="crispEdges">
        <rect width={begun.qr_size} height={begun.qr_size} fill="#fff" />
        <path d={begun.qr} fill="#000" />
      </svg>
      <div className={css.form}>
        <p>{t('totp.scan')}</p>
        <p className={css.hint}>{t('totp.by_hand')}</p>
        <output className={css.secret}>{begun.secret.match(/.{1,4}/g)!.join(' ')}</output>
        <label>
          {t('totp.first_code')}
          <input name="code" inputMode="numeric" autoComplete="one-time-code" pattern="\s*\d{3}\s*\d{3}\s*" maxLength={7} required autoFocus className={css.short} />
        </label>
        {fault !== null && (
          <p role="alert" className={css.wrong}>
            {problemText(fault, t)}
          </p>
        )}
        <button type="submit" className={css.action}>
          {t('totp.confirm')}
        </button>
      </div>
    </form>
  )
}
