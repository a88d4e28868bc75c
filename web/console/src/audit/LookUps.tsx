import { type Client, problemText, type Purpose, inWords } from '@jedel/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveCsv } from '../desk/csv'
import type { LookUp } from '../lookups/Waiting'
import css from './audit.module.css'
import { LookUpTable } from './Table'

const PAGE = 200
const REGISTERS = ['vehicle', 'person', 'phone', 'reads'] as const

interface Filter {
  account: { id: string; name: string } | null
  asked: string
  purpose: string
  register: string
  since: string
}
const NOTHING: Filter = { account: null, asked: '', purpose: '', register: '', since: '' }

/** All look-ups of the region, narrowed by who, what, why and since when. */
export function LookUps({ client }: { client: Client }) {
  const { t } = useTranslation()
  const [filter, setFilter] = useState<Filter>(NOTHING)
  const [typed, setTyped] = useState('')
  const purposes = useQuery({
    queryKey: ['lookups', 'purposes'],
    queryFn: ({ signal }) => client.get<Purpose[]>('/api/lookups/purposes', signal),
    staleTime: 60_000,
  })
  const pages = useInfiniteQuery({
    queryKey: ['audit', 'lookups', filter],
    // in the body: a number in an address would stand in a proxy's log
    queryFn: ({ pageParam }) => client.post<LookUp[]>('/api/audit/lookups', wanted(filter, pageParam)),
    initialPageParam: '',
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1)!.at : undefined),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const rows = pages.data?.pages.flat() ?? []
  const narrow = (change: Partial<Filter>): void => setFilter((now) => ({ ...now, ...change }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const asked = typed.trim().toUpperCase().replace(/[\s-]/g, '')
    if (asked === filter.asked) void pages.refetch()
    else narrow({ asked })
  }
  return (
    <>
      <form className={css.filter} onSubmit={submit}>
        <input type="search" className={css.field} value={typed} maxLength={40} placeholder={t('audit.number')} aria-label={t('audit.number')} onChange={(event) => setTyped(event.target.value)} />
        <select className={css.field} value={filter.purpose} aria-label={t('audit.why')} onChange={(event) => narrow({ purpose: event.target.value })}>
          <option value="">{t('audit.any_purpose')}</option>
          {purposes.data?.map((each) => <option key={each.code} value={each.code}>{inWords(each.names)}</option>)}
        </select>
        <select className={css.field} value={filter.register} aria-label={t('audit.what')} onChange={(event) => narrow({ register: event.target.value })}>
          <option value="">{t('audit.any_register')}</option>
          {REGISTERS.map((each) => <option key={each} value={each}>{t(`lookups.kind_${each}`)}</option>)}
        </select>
        <label className={css.label}>
          {t('audit.since')}
          <input type="date" className={css.field} value={filter.since} onChange={(event) => narrow({ since: event.target.value })} />
        </label>
        <button type="submit" className={css.button}>{t('audit.show')}</button>
        {filter.account && (
          <button type="button" className={css.chip} onClick={() => narrow({ account: null })}>{filter.account.name} ×</button>
        )}
        {filter.asked && (
          <button type="button" className={css.chip} onClick={() => { setTyped(''); narrow({ asked: '' }) }}>{filter.asked} ×</button>
        )}
        <span className={css.end}>{t('audit.count', { count: rows.length })}</span>
        <button type="button" className={css.button} disabled={rows.length === 0} onClick={() => saveCsv('look-ups', table(rows))}>{t('action.export')}</button>
      </form>
      <div className={css.box}>
        {pages.isError && <p className={css.empty}>{problemText(pages.error, t)}</p>}
        {pages.isPending && <div className="j-skeleton" style={{ height: 200 }} />}
        {pages.isSuccess && rows.length === 0 && <p className={css.empty}>{t('audit.none')}</p>}
        {rows.length > 0 && (
          <LookUpTable client={client} rows={rows} onAccount={(id, name) => narrow({ account: { id, name } })} onNumber={(asked) => { setTyped(asked); narrow({ asked }) }} />
        )}
        {pages.hasNextPage && (
          <button type="button" className={css.button} disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t('history.more')}</button>
        )}
      </div>
    </>
  )
}

function wanted(filter: Filter, before: string): Record<string, string> {
  const parts: Record<string, string> = {}
  if (filter.account) parts.account = filter.account.id
  for (const name of ['asked', 'purpose', 'register'] as const) if (filter[name]) parts[name] = filter[name]
  if (filter.since) parts.since = new Date(`${filter.since}T00:00:00`).toISOString()
  if (before) parts.before = before
  return parts
}

const table = (rows: LookUp[]): (string | number)[][] => [
  ['at', 'account', 'by', 'number', 'purpose', 'incident', 'case', 'device', 'state', 'decided by', 'refusal', 'asked offline at'],
  ...rows.map((each) => [
    each.at, each.account ?? '', each.asked_by, each.asked, each.purpose, each.incident_number ?? '', each.case_number ?? '', each.device ?? '', each.state,
    each.decider ?? '', each.refusal ?? '', each.offline_at ?? '',
  ]),
]
