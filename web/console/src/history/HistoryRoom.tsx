import { clock, clockFace, type Incident, Icon, PriorityIcon, problemText } from '@jedel/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../desk/actions'
import { useDesk } from '../desk/context'
import { saveCsv } from '../desk/csv'
import { receivedAt } from '../queue/order'
import css from './history.module.css'

const PAGE = 100

/** Closed incidents, the last closed first. The search looks through what has been loaded, and says so. */
export function HistoryRoom() {
  const { t, i18n } = useTranslation()
  const desk = useDesk()
  const [wanted, setWanted] = useState('')
  const pages = useInfiniteQuery({
    queryKey: ['closed'],
    queryFn: ({ pageParam, signal }) =>
      desk.client.get<Incident[]>(`/api/incidents?state=closed&limit=${PAGE}${pageParam ? `&before=${pageParam}` : ''}`, signal),
    initialPageParam: '',
    getNextPageParam: (last) => (last.length === PAGE ? last.at(-1)!.id : undefined),
    staleTime: 0,
  })
  const loaded = useMemo(() => pages.data?.pages.flat() ?? [], [pages.data])
  const query = wanted.trim().toLowerCase()
  const rows = useMemo(
    () =>
      query
        ? loaded.filter((each) =>
            [each.number, titleOf(each), placeOf(each), each.result ? t(`result.${each.result}`) : '', each.result_text, ...each.assignments.map((a) => a.call_sign)]
              .join(' ').toLowerCase().includes(query))
        : loaded,
    // The words of the present language are part of what is searched.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [loaded, query, i18n.language],
  )
  return (
    <section className={css.room} aria-label={t('rail.history')}>
      <header className={css.head}>
        <h1>{t('history.title')}</h1>
        <input type="search" className={css.search} value={wanted} placeholder={t('history.search')} aria-label={t('history.search')} onChange={(event) => setWanted(event.target.value)} />
        <span className={css.dim}>{t('history.count', { shown: rows.length, loaded: loaded.length })}</span>
        <button type="button" className={css.more} disabled={rows.length === 0} onClick={() => saveCsv('incidents', tableOf(rows, t))}>
          {t('action.export')}
        </button>
      </header>
      <div className={css.box}>
        <table className={css.table}>
          <thead>
            <tr>
              <th>{t('history.closed')}</th>
              <th>№</th>
              <th>{t('history.what')}</th>
              <th>{t('history.where')}</th>
              <th>{t('history.units')}</th>
              <th>{t('history.answered')}</th>
              <th>{t('history.arrived')}</th>
              <th>{t('history.result')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((incident) => (
              <Row key={incident.id} incident={incident} />
            ))}
          </tbody>
        </table>
        {pages.isPending && (
          <div className={css.waiting} aria-busy>
            {[0, 1, 2, 3, 4, 5].map((i) => (
              <div key={i} className="j-skeleton" style={{ height: 34 }} />
            ))}
          </div>
        )}
        {pages.isError && (
          <p className={css.empty}>
            {problemText(pages.error, t)}{' '}
            <button type="button" className={css.more} onClick={() => void pages.refetch()}>
              {t('action.again')}
            </button>
          </p>
        )}
        {pages.isSuccess && rows.length === 0 && <p className={css.empty}>{query ? t('history.none_found') : t('history.empty')}</p>}
        {pages.hasNextPage && (
          <button type="button" className={css.more} disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            <Icon name="down" size={16} />
            {t('history.more')}
          </button>
        )}
      </div>
    </section>
  )
}

function tableOf(rows: Incident[], t: TFunction): (string | number)[][] {
  const head = ['history.closed', 'history.what', 'history.where', 'history.units', 'history.answered', 'history.arrived', 'history.result']
  return [
    ['№', ...head.map((key) => t(key))],
    ...rows.map((each) => [
      each.number, each.times.closed ?? '', titleOf(each), placeOf(each), each.assignments.map((a) => a.call_sign).join(', '),
      each.times.answered ?? '', each.times.on_scene ?? '', [each.result ? t(`result.${each.result}`) : '', each.result_text].filter(Boolean).join(': '),
    ]),
  ]
}

function Row({ incident }: { incident: Incident }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const { answered, on_scene, closed } = incident.times
  const start = Date.parse(receivedAt(incident))
  const after = (iso: string | null) => (iso ? clockFace((Date.parse(iso) - start) / 1000) : '–')
  return (
    <tr>
      <td title={closed ?? ''}>{closed ? clock(closed) : ''}</td>
      <td>
        <button type="button" className={css.number} onClick={() => desk.open(incident.id)}>
          {incident.number}
        </button>
      </td>
      <td>
        <span className={css.what}>
          <PriorityIcon priority={incident.priority} size={16} title={t(`priority.${incident.priority}`)} />
          {titleOf(incident)}
        </span>
      </td>
      <td>{placeOf(incident)}</td>
      <td>{Array.from(new Set(incident.assignments.map((each) => each.call_sign))).join(', ')}</td>
      <td>{after(answered)}</td>
      <td>{after(on_scene)}</td>
      <td>
        {incident.result ? t(`result.${incident.result}`) : ''}
        {incident.result_text && <span className={css.dim}> · {incident.result_text}</span>}
      </td>
    </tr>
  )
}
