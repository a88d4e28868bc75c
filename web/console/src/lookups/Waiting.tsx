import { ago, type AskedBy, type Client, newId, problemText } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './lookups.module.css'
import { usePurposes } from './purposes'

/** As in jedel/lookups/schemas.py. */
export interface LookUp {
  id: string
  at: string
  account_id: string
  account: string | null
  kind: 'vehicle' | 'person' | 'phone' | 'reads'
  asked_by: AskedBy
  asked: string
  purpose: string
  incident_id: string | null
  incident_number: number | null
  case_number: string | null
  state: 'asked' | 'granted' | 'refused'
  decided_by: string | null
  decider: string | null
  granted_at: string | null
  refused_at: string | null
  refusal: string | null
  device_id: string | null
  device: string | null
  offline_at: string | null
}

const EVERY_MS = 5_000

/** Asked for by itself: what is private is on no live feed. */
export function useWaiting(client: Client, mayDecide: boolean) {
  return useQuery({
    queryKey: ['lookups', 'waiting'],
    queryFn: ({ signal }) => client.get<LookUp[]>('/api/lookups/waiting', signal),
    refetchInterval: EVERY_MS,
    enabled: mayDecide,
  })
}

/** Who waits for a second person, for what, and the two words that can be said to it. */
export function Waiting({ client, account }: { client: Client; account: string }) {
  const { t } = useTranslation()
  const nameOf = usePurposes(client)
  const [refusing, setRefusing] = useState<string | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const waiting = useWaiting(client, true)
  const say = async (path: string, body: object): Promise<void> => {
    try {
      await client.post(path, { id: newId(), ...body })
      setFault(null)
      setRefusing(null)
    } catch (error) {
      setFault(error)
    }
    await waiting.refetch()
  }
  const refuse = (event: FormEvent<HTMLFormElement>, id: string): void => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim()
    if (reason) void say(`/api/lookups/${id}/refuse`, { reason })
  }
  return (
    <section className={css.waiting} aria-label={t('lookups.queue')}>
      <h2>
        {t('lookups.queue')} {waiting.data && waiting.data.length > 0 && <span className={css.count}>{waiting.data.length}</span>}
      </h2>
      {fault !== null && <p className={css.fault} role="alert">{problemText(fault, t)}</p>}
      {waiting.isError && <p className={css.fault}>{problemText(waiting.error, t)}</p>}
      {waiting.data?.length === 0 && <p className={css.hint}>{t('lookups.queue_empty')}</p>}
      {waiting.data?.map((each) => (
        <article key={each.id} className={css.wait}>
          <p>
            <strong>{each.account}</strong> <span className={css.dim}>{ago(each.at, t)}</span>
          </p>
          <p>
            <span className={css.dim}>{t(`asked_by.${each.asked_by}`)}</span> <strong>{each.asked}</strong>
          </p>
          <p className={css.dim}>
            {nameOf(each.purpose)} · {each.incident_number !== null ? `${t('lookups.incident')} № ${each.incident_number}` : t('lookups.case', { number: each.case_number })}
          </p>
          {each.account_id === account ? (
            <p className={css.hint}>{t('lookups.own_waits')}</p>
          ) : refusing === each.id ? (
            <form className={css.decide} onSubmit={(event) => refuse(event, each.id)}>
              <input autoFocus name="reason" className={css.field} maxLength={200} required placeholder={t('lookups.refuse_why')} aria-label={t('lookups.refuse_why')} />
              <button type="submit" className={css.button}>{t('lookups.refuse')}</button>
              <button type="button" className={css.button} onClick={() => setRefusing(null)}>{t('action.undo')}</button>
            </form>
          ) : (
            <div className={css.decide}>
              <button type="button" className={css.primary} onClick={() => void say(`/api/lookups/${each.id}/grant`, {})}>
                {t('lookups.grant')}
              </button>
              <button type="button" className={css.button} onClick={() => setRefusing(each.id)}>
                {t('lookups.refuse')}
              </button>
            </div>
          )}
        </article>
      ))}
    </section>
  )
}
