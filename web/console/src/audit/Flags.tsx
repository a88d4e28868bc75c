import { ago, type Client, clock, Icon, newId, problemText } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePurposes } from '../lookups/purposes'
import type { LookUp } from '../lookups/Waiting'
import css from './audit.module.css'
import { dayOf } from './Table'

interface Flag {
  look_up: LookUp
  reason: 'many' | 'other_reason' | 'off_shift' | 'other_region' | 'own_interest'
  seen_by: string | null
  seen_at: string | null
  note: string | null
}

/** Unusual look-ups: usually for nothing; each is looked at and gets a word. */
export function Flags({ client }: { client: Client }) {
  const { t } = useTranslation()
  const [seen, setSeen] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const flags = useQuery({
    queryKey: ['audit', 'flags', seen],
    queryFn: ({ signal }) => client.get<Flag[]>(`/api/audit/flags?seen=${seen}`, signal),
    staleTime: 0,
  })
  const looked = async (id: string, note: string): Promise<void> => {
    try {
      await client.post(`/api/audit/flags/${id}/seen`, { id: newId(), note })
      setFault(null)
    } catch (error) {
      setFault(error)
    }
    await flags.refetch()
  }
  return (
    <>
      <div className={css.filter}>
        <div className={css.switch} role="group" aria-label={t('audit.flags')}>
          {[false, true].map((each) => (
            <button key={String(each)} type="button" className={css.button} aria-pressed={seen === each} onClick={() => setSeen(each)}>
              {t(each ? 'audit.flags_seen' : 'audit.flags_open')}
            </button>
          ))}
        </div>
        <p className={css.hint}>{t('audit.flags_what')}</p>
        <button type="button" className={css.button} disabled={flags.isFetching} onClick={() => void flags.refetch()}>{t('audit.show')}</button>
      </div>
      {fault !== null && <p className={css.fault} role="alert">{problemText(fault, t)}</p>}
      <div className={css.box}>
        {flags.isError && <p className={css.empty}>{problemText(flags.error, t)}</p>}
        {flags.isPending && <div className="j-skeleton" style={{ height: 160 }} />}
        {flags.data?.length === 0 && <p className={css.empty}>{t(seen ? 'audit.flags_none_seen' : 'audit.flags_none')}</p>}
        <ul className={css.flags}>
          {flags.data?.map((each) => <FlagRow key={`${each.look_up.id}${each.reason}`} client={client} flag={each} onSeen={looked} />)}
        </ul>
      </div>
    </>
  )
}

function FlagRow({ client, flag, onSeen }: { client: Client; flag: Flag; onSeen: (id: string, note: string) => Promise<void> }) {
  const { t } = useTranslation()
  const nameOf = usePurposes(client)
  const { look_up: made } = flag
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const note = String(new FormData(event.currentTarget).get('note') ?? '').trim()
    if (note) void onSeen(made.id, note)
  }
  return (
    <li className={css.flag} data-seen={flag.seen_at !== null || undefined}>
      <div>
        <h2>
          <Icon name="search" size={18} /> {t(`flag.${flag.reason}`)}
        </h2>
        <p className={css.hint}>{t(`flag_what.${flag.reason}`)}</p>
        <p>
          <strong>{made.account}</strong> · {t(`asked_by.${made.asked_by}`)} <strong>{made.asked}</strong> · {nameOf(made.purpose)} ·{' '}
          {made.incident_id ? `${t('lookups.incident')} № ${made.incident_number ?? '?'}` : t('lookups.case', { number: made.case_number })}
        </p>
        <p className={css.hint}>
          {dayOf(made.at)} {clock(made.at)} · {ago(made.at, t)} · {made.device ?? t('audit.console')}
        </p>
      </div>
      {flag.seen_at ? (
        <p className={css.seen}>
          <Icon name="check" size={16} /> {flag.seen_by} · {dayOf(flag.seen_at)} {clock(flag.seen_at)}
          <br />
          {flag.note}
        </p>
      ) : (
        <form className={css.note} onSubmit={submit}>
          <input name="note" className={css.field} required maxLength={1000} placeholder={t('audit.note')} aria-label={t('audit.note')} autoComplete="off" />
          <button type="submit" className={css.primary}>{t('audit.seen')}</button>
        </form>
      )}
    </li>
  )
}
