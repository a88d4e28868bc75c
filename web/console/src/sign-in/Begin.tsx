import { TextInput } from '@mantine/core'
import { type Client, currentLanguage, Icon, type Me, problemText } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Brand } from './Brand'
import css from './SignIn.module.css'

interface Props {
  /** `first`: the code that the server printed; `begin`: of an invitation or a recovery; `lost`: asking for one. */
  kind: 'first' | 'begin' | 'lost'
  client: Client
  enter: (signIn: () => Promise<Me>) => Promise<void>
  busy: boolean
  fault: unknown
  onBack: () => void
}

/** Beginning with a one-time code, or asking for one. */
export function Begin({ kind, client, enter, busy, fault, onBack }: Props) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(false)
  const [wrong, setWrong] = useState<unknown>(null)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const said = new FormData(event.currentTarget)
    const [login, code, name] = ['login', 'code', 'name'].map((each) => String(said.get(each) ?? '').trim())
    if (kind === 'begin') void enter(() => client.post<Me>('/api/session/code', { login, code }))
    if (kind === 'first') void enter(() => client.post<Me>('/api/session/first', { login, code, name, language: currentLanguage() }))
    if (kind === 'lost') client.post('/api/recoveries', { login }).then(() => setAsked(true), setWrong)
  }
  const problem = wrong ?? fault
  return (
    <form className={css.form} onSubmit={submit}>
      <Brand />
      <h2 className={css.title}>{t(`begin.${kind}`)}</h2>
      <p className={css.hint}>{t(asked ? 'begin.asked' : `begin.${kind}_what`)}</p>
      {kind === 'first' && <code className={css.command}>jedel account first-admin</code>}
      {!asked && (
        <>
          {kind !== 'lost' && <TextInput name="code" label={t('begin.code')} autoComplete="off" required autoFocus size="md" withAsterisk={false} maxLength={40} />}
          {kind === 'first' && <TextInput name="name" label={t('begin.name')} autoComplete="name" required size="md" withAsterisk={false} maxLength={200} />}
          <TextInput name="login" label={t('sign_in.login')} autoComplete="username" required autoFocus={kind === 'lost'} size="md" withAsterisk={false} maxLength={64} />
          {problem !== null && (
            <p role="alert" className={css.fault}>
              <Icon name="unlink" size={16} />
              {problemText(problem, t)}
            </p>
          )}
          <button type="submit" className={css.submit} disabled={busy}>
            {t(kind === 'lost' ? 'begin.ask' : 'begin.go')}
          </button>
        </>
      )}
      <p className={css.more}>
        <button type="button" onClick={onBack}>
          {t('begin.back')}
        </button>
      </p>
    </form>
  )
}
