import { Modal } from '@mantine/core'
import { dayTime, Icon, type Me, problemText, type Role } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { type Account, allAccounts, client, command, type HandOver } from './api'
import { HandOverCode } from './HandOverCode'
import { Recoveries } from './Recoveries'
import { TurnedAway, useFresh } from './useFresh'

const ROLES: Role[] = ['operator', 'duty_officer', 'supervisor', 'officer', 'administrator']
const SHOWN_MAX = 300

interface Made {
  account: Account
  code: string | null
  expires_at: string | null
}

/** The region's people: who may sign in, by what; added, disabled, let in again. */
export function AccountsRoom({ me }: { me: Me }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const { run, dialog } = useFresh(me)
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: allAccounts, refetchInterval: 30_000 })
  const [wanted, setWanted] = useState('')
  const [adding, setAdding] = useState(false)
  const [given, setGiven] = useState<HandOver | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const found = useMemo(() => {
    const query = wanted.trim().toLowerCase()
    return (accounts.data ?? [])
      .filter((each) => !query || `${each.name} ${each.login} ${t(`role.${each.role}`)}`.toLowerCase().includes(query))
      .sort((a, b) => a.name.localeCompare(b.name, 'ru'))
  }, [accounts.data, wanted, t])
  const act = async (what: () => Promise<unknown>): Promise<boolean> => {
    setFault(null)
    let well = true
    try {
      await run(what)
    } catch (error) {
      well = false
      if (!(error instanceof TurnedAway)) setFault(error)
    }
    await queries.invalidateQueries({ queryKey: ['accounts'] })
    return well
  }
  const shown = (made: Made): void => {
    if (made.code && made.expires_at) setGiven({ name: made.account.name, login: made.account.login, code: made.code, expires_at: made.expires_at })
  }
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const said = new FormData(event.currentTarget)
    const body = { ...command(), login: said.get('login'), name: said.get('name'), role: said.get('role'), language: said.get('language'), external: said.get('external') === 'on' }
    void act(async () => shown(await client.post<Made>('/api/accounts', body))).then((well) => well && setAdding(false))
  }
  const tell = (each: Account, verb: string, more?: object) => void act(() => client.post(`/api/accounts/${each.id}/${verb}`, { ...command(), ...more }))
  return (
    <section className={css.room} aria-label={t('accounts.title')}>
      <header className={css.line}>
        <h1>{t('accounts.title')}</h1>
        <input type="search" value={wanted} placeholder={t('accounts.search')} aria-label={t('accounts.search')} onChange={(event) => setWanted(event.target.value)} />
        <button type="button" className={css.action} data-end onClick={() => setAdding(true)}>
          {t('accounts.add')}
        </button>
      </header>
      <Recoveries me={me} run={run} />
      {fault !== null && (
        <p role="alert" className={css.wrong}>
          {problemText(fault, t)}
        </p>
      )}
      <div className={css.list} tabIndex={0} role="region" aria-label={t('accounts.title')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th>{t('accounts.name')}</th>
              <th>{t('sign_in.login')}</th>
              <th>{t('accounts.role')}</th>
              <th>{t('accounts.ways')}</th>
              <th>{t('accounts.last')}</th>
              <th>{t('devices.state')}</th>
              <th aria-label={t('keyed.do')} />
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN_MAX).map((each) => (
              <tr key={each.id} data-blocked={each.blocked_at !== null || undefined}>
                <td>{each.name}</td>
                <td>{each.login}</td>
                <td>{t(`role.${each.role}`)}</td>
                <td>{ways(each).map((way) => t(`accounts.way_${way}`)).join(', ') || '–'}</td>
                <td>{each.signed_in_at ? dayTime(each.signed_in_at) : '–'}</td>
                <td>
                  <State account={each} />
                </td>
                <td>
                  {each.id !== me.id && each.role !== 'auditor' && (
                    <span className={css.buttons}>
                      {!each.begun && !each.external && !each.blocked_at && (
                        <button type="button" className={css.button} onClick={() => void act(async () => shown(await client.post<Made>(`/api/accounts/${each.id}/code`, command())))}>
                          {t('accounts.new_code')}
                        </button>
                      )}
                      {each.blocked_at ? (
                        <button type="button" className={css.button} onClick={() => tell(each, 'unblock')}>
                          {t('accounts.unblock')}
                        </button>
                      ) : (
                        <Disable name={each.name} onDo={(reason) => tell(each, 'block', { reason })} />
                      )}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className={css.empty}>{t(accounts.isPending ? 'keyed.reading' : 'accounts.none')}</p>}
      </div>
      <p className={css.hint}>{t('accounts.auditors')}</p>
      {adding && (
        <Modal opened onClose={() => setAdding(false)} title={<strong>{t('accounts.add')}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
          <form className={css.form} onSubmit={add}>
            <label>
              {t('accounts.name')}
              <input name="name" maxLength={200} required autoFocus />
            </label>
            <label>
              {t('sign_in.login')}
              <input name="login" pattern="[\p{L}\d_.@+\-]{2,64}" autoComplete="off" required />
            </label>
            <label>
              {t('accounts.role')}
              <select name="role">
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {t(`role.${role}`)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {t('bar.language')}
              <select name="language">
                <option value="kk">Қазақша</option>
                <option value="ru">Русский</option>
                <option value="en">English</option>
              </select>
            </label>
            <label className={css.check}>
              <input name="external" type="checkbox" />
              {t('accounts.external')}
            </label>
            {fault !== null && (
              <p role="alert" className={css.wrong}>
                {problemText(fault, t)}
              </p>
            )}
            <button type="submit" className={css.action}>
              {t('accounts.make')}
            </button>
          </form>
        </Modal>
      )}
      {given && <HandOverCode given={given} onClose={() => setGiven(null)} />}
      {dialog}
    </section>
  )
}

function ways(account: Account): string[] {
  if (account.external) return ['external']
  return [account.passkeys > 0 && 'passkey', account.password && 'password', account.totp && 'totp'].filter((way) => way !== false)
}

function State({ account }: { account: Account }) {
  const { t } = useTranslation()
  const state = account.blocked_at ? 'blocked' : account.begun ? 'begun' : 'waiting'
  return (
    <span className={css.state} data-state={state}>
      <Icon name={state === 'begun' ? 'check' : state === 'blocked' ? 'close' : 'clock'} size={15} />
      {t(`accounts.${state}`)}
    </span>
  )
}

/** Disabling somebody needs a reason, which stands in the journal. */
function Disable({ name, onDo }: { name: string; onDo: (reason: string) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className={css.button} onClick={() => setOpen(true)}>
        {t('accounts.block')}
      </button>
      {open && (
        <Modal opened onClose={() => setOpen(false)} title={<strong>{t('accounts.block_title', { name })}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
          <form
            className={css.form}
            onSubmit={(event) => {
              event.preventDefault()
              setOpen(false)
              onDo(String(new FormData(event.currentTarget).get('reason')))
            }}
          >
            <p className={css.hint}>{t('accounts.block_what')}</p>
            <label>
              {t('accounts.reason')}
              <input name="reason" maxLength={200} required autoFocus />
            </label>
            <button type="submit" className={css.action}>
              {t('accounts.block')}
            </button>
          </form>
        </Modal>
      )}
    </>
  )
}
