import { elapsed, type Me, problemText, useNow } from '@jedel/ui'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { client, command, type HandOver, type Recovery, useRecoveries } from './api'
import { HandOverCode } from './HandOverCode'
import { TurnedAway } from './useFresh'

/** Colleagues who lost their passkey or phone and ask to be let in again; nothing where nobody asks. */
export function Recoveries({ me, run }: { me: Me; run: <T>(what: () => Promise<T>) => Promise<T> }) {
  const { t } = useTranslation()
  const now = useNow()
  const queries = useQueryClient()
  const asked = useRecoveries(me.role)
  const [given, setGiven] = useState<HandOver | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  if (!asked.data?.length && !given) return null
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setFault(null)
    try {
      await run(what)
    } catch (error) {
      if (!(error instanceof TurnedAway)) setFault(error)
    }
    await queries.invalidateQueries({ queryKey: ['recoveries'] })
  }
  const approve = async (each: Recovery): Promise<void> => {
    const made = await client.post<{ code: string; expires_at: string }>(`/api/recoveries/${each.id}/approve`, command())
    setGiven({ name: each.name, login: each.login, ...made })
  }
  return (
    <section className={css.asked}>
      <h3>{t('recovery.asked')}</h3>
      <p className={css.hint}>{t('recovery.in_person')}</p>
      {fault !== null && (
        <p role="alert" className={css.wrong}>
          {problemText(fault, t)}
        </p>
      )}
      <ul className={css.rows}>
        {asked.data?.map((each) => (
          <li key={each.id}>
            <span>
              {each.name} <span className={css.dim}>{each.login}</span>
            </span>
            <span className={css.dim}>
              {t(`role.${each.role}`)} · {t('devices.ago', { time: elapsed(each.asked_at, now) })}
            </span>
            <span className={css.buttons}>
              <button type="button" className={css.action} onClick={() => void act(() => approve(each))}>
                {t(each.approved_at ? 'recovery.again' : 'recovery.approve')}
              </button>
              <button type="button" className={css.button} onClick={() => void act(() => client.post(`/api/recoveries/${each.id}/refuse`, command()))}>
                {t('recovery.refuse')}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {given && <HandOverCode given={given} onClose={() => setGiven(null)} />}
    </section>
  )
}
