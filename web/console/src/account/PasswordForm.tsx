import { problemText } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { client, command } from './api'

interface Props {
  /** Whether the old one is asked for. */
  hasOne: boolean
  run: <T>(what: () => Promise<T>) => Promise<T>
  onDone: () => void
}

export function PasswordForm({ hasOne, run, onDone }: Props) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<unknown>(null)
  const [differ, setDiffer] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const said = new FormData(form)
    setFault(null)
    setDiffer(said.get('new') !== said.get('again'))
    if (said.get('new') !== said.get('again')) return
    try {
      await run(() => client.put('/api/me/password', { ...command(), current: hasOne ? said.get('current') : null, new: said.get('new') }))
      form.reset()
      onDone()
    } catch (error) {
      setFault(error)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      {hasOne && (
        <label>
          {t('password.current')}
          <input name="current" type="password" autoComplete="current-password" required />
        </label>
      )}
      <label>
        {t('password.new')}
        <input name="new" type="password" autoComplete="new-password" minLength={12} maxLength={128} required />
      </label>
      <label>
        {t('password.again')}
        <input name="again" type="password" autoComplete="new-password" maxLength={128} required />
      </label>
      <p className={css.hint}>{t('password.rule')}</p>
      {(differ || fault !== null) && (
        <p role="alert" className={css.wrong}>
          {differ ? t('password.differ') : problemText(fault, t)}
        </p>
      )}
      <button type="submit" className={css.button}>
        {t(hasOne ? 'password.change' : 'password.set')}
      </button>
    </form>
  )
}
