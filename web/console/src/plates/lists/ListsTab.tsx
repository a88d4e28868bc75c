import { Icon, inWords, newId, Plate, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { saveCsv } from '../../desk/csv'
import { mayDecide, mayPropose } from '../count'
import shared from '../plates.module.css'
import css from './lists.module.css'
import type { EntryState, WatchEntry, WatchList } from '../types'
import { Propose } from './Propose'
import { Registers } from './Registers'

const SHOWN = ['proposed', 'active', 'ended'] as const
type Shown = (typeof SHOWN)[number]
const STATES: Record<Shown, EntryState[]> = { proposed: ['proposed'], active: ['active'], ended: ['refused', 'revoked', 'expired'] }
const EVERY_MS = 10_000

/** Who is looked for, on what ground and until when: proposed by one, approved by another, ended by any of them. */
export function ListsTab() {
  const { t } = useTranslation()
  const desk = useDesk()
  const queries = useQueryClient()
  const [shown, setShown] = useState<Shown>('active')
  const [wanted, setWanted] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const plate = wanted.trim()
  const entries = useQuery({
    queryKey: ['watch', 'entries', shown, plate.length >= 3 ? plate : ''],
    queryFn: ({ signal }) => {
      // a plate goes in the body: addresses get logged
      if (plate.length >= 3) return desk.client.post<WatchEntry[]>('/api/qorgau/watch/of-plate', { plate, states: STATES[shown] })
      const asked = new URLSearchParams(STATES[shown].map((state) => ['state', state]))
      return desk.client.get<WatchEntry[]>(`/api/qorgau/watch?${asked}`, signal)
    },
    refetchInterval: EVERY_MS,
    placeholderData: (before) => before,
  })
  const lists = useQuery({
    queryKey: ['watch', 'lists'],
    queryFn: ({ signal }) => desk.client.get<WatchList[]>('/api/qorgau/watch/lists', signal),
    refetchInterval: EVERY_MS,
  })
  const say = async (path: string, body: object, done: string): Promise<boolean> => {
    try {
      await desk.client.post(path, { id: newId(), ...body })
      setFault(null)
      desk.notify('done', done)
      return true
    } catch (error) {
      setFault(error)
      return false
    } finally {
      await queries.invalidateQueries({ queryKey: ['watch'] })
    }
  }
  const rows = entries.data?.filter((each) => each.list_id === null) ?? []
  const files = lists.data?.filter((each) => STATES[shown].some((state) => (each.states[state] ?? 0) > 0)) ?? []
  const save = (): void =>
    saveCsv('watch', [
      [t('watch.plate'), t('watch.ground'), t('watch.action'), t('watch.until'), t('watch.source'), t('watch.reason'), t('watch.for'), t('watch.state'), t('watch.owner'), t('watch.decided')],
      ...rows.map((each) => [
        each.plate, inWords(each.names), t(`alert_action.${each.action}`), each.until, each.source, each.reason, each.case_number ?? each.incident_id ?? '',
        t(`entry_state.${each.state}`), each.owner_name ?? '', each.decided_by ?? '',
      ]),
    ])
  return (
    <div className={css.lists}>
      <div className={css.listsMain}>
        <Registers client={desk.client} />
        <div className={shared.tools}>
          {SHOWN.map((each) => (
            <button key={each} type="button" aria-pressed={shown === each} onClick={() => setShown(each)}>
              {t(`watch.show_${each}`)}
            </button>
          ))}
          <input type="search" value={wanted} maxLength={20} placeholder={t('watch.search')} aria-label={t('watch.search')} onChange={(event) => setWanted(event.target.value)} />
          <button type="button" disabled={rows.length === 0} onClick={save}>
            {t('action.export')}
          </button>
        </div>
        {fault !== null && (
          <p className={shared.fault} role="alert">
            {problemText(fault, t)}
          </p>
        )}
        <div className={shared.scroll}>
          {entries.isPending && <div className="j-skeleton" style={{ height: 90 }} aria-busy />}
          {entries.isError && <p className={shared.fault}>{problemText(entries.error, t)}</p>}
          {entries.isSuccess && rows.length + files.length === 0 && (
            <div className={shared.empty}>
              <Icon name="plate" size={36} />
              <h2>{t(plate ? 'watch.none_found' : `watch.none_${shown}`)}</h2>
              {!plate && <p>{t(`watch.none_${shown}_what`)}</p>}
            </div>
          )}
          {files.map((file) => (
            <Row key={file.id} entry={file.terms} file={file} path={`/api/qorgau/watch/lists/${file.id}`} say={say} />
          ))}
          {rows.map((entry) => (
            <Row key={entry.id} entry={entry} path={`/api/qorgau/watch/${entry.id}`} say={say} />
          ))}
        </div>
      </div>
      {mayPropose(desk.me) && <Propose onProposed={() => setShown('proposed')} />}
    </div>
  )
}

interface RowProps {
  entry: WatchEntry
  file?: WatchList
  path: string
  say: (path: string, body: object, done: string) => Promise<boolean>
}

function Row({ entry, file, path, say }: RowProps) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [ending, setEnding] = useState<'refuse' | 'revoke' | 'shorten' | null>(null)
  const name = file?.name ?? entry.plate
  const state = file ? ((Object.keys(file.states)[0] as EntryState | undefined) ?? entry.state) : entry.state
  const own = entry.owner === desk.me.id
  const end = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const said = ending === 'shorten' ? { until: String(form.get('until')) } : { reason: String(form.get('reason') ?? '').trim() }
    if (ending) void say(`${path}/${ending}`, said, t(`watch.${ending}_done`, { name })).then((done) => done && setEnding(null))
  }
  return (
    <article className={css.entry} aria-label={name}>
      <div className={css.entryPlate}>
        {file ? (
          <strong>
            {file.name} · {t('watch.rows', { count: file.rows })}
          </strong>
        ) : (
          <Plate text={entry.plate} size={30} />
        )}
        <strong>{t(`alert_action.${entry.action}`)}</strong>
        <span className={css.entryState} data-state={state}>
          {t(`entry_state.${state}`)}
        </span>
      </div>
      <div className={css.entryWhy}>
        <p>
          <strong>{inWords(entry.names)}</strong> <span className={shared.dim}>{entry.law && inWords(entry.law)}</span>
        </p>
        <p>{entry.reason}</p>
        <p className={shared.dim}>
          {[
            entry.source,
            entry.case_number ? t('lookups.case', { number: entry.case_number }) : desk.incident(entry.incident_id) && `${t('lookups.incident')} № ${desk.incident(entry.incident_id)?.number}`,
            t('watch.until_day', { day: dayOf(entry.until) }),
            entry.owner_name && t('watch.proposed_by', { name: entry.owner_name }),
            entry.decided_by && t('watch.decided_by', { name: entry.decided_by }),
            entry.end_reason && `${entry.ended_by ?? ''}: ${entry.end_reason}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className={shared.entryDo}>
        {ending ? (
          <form className={shared.form} onSubmit={end}>
            {ending === 'shorten' ? (
              <input autoFocus type="date" name="until" required min={new Date().toISOString().slice(0, 10)} max={entry.until} defaultValue={entry.until} aria-label={t('watch.until')} />
            ) : (
              <input autoFocus name="reason" maxLength={200} required placeholder={t('watch.end_why')} aria-label={t('watch.end_why')} />
            )}
            <button type="submit">{t(`watch.${ending}`)}</button>
            <button type="button" onClick={() => setEnding(null)}>
              {t('action.undo')}
            </button>
          </form>
        ) : (
          <div className={shared.form}>
            {state === 'proposed' && mayDecide(desk.me) && !own && (
              <>
                <button type="button" className={shared.primary} onClick={() => void say(`${path}/approve`, {}, t('watch.approve_done', { name }))}>
                  {t('watch.approve')}
                </button>
                <button type="button" onClick={() => setEnding('refuse')}>
                  {t('watch.refuse')}
                </button>
              </>
            )}
            {state === 'proposed' && own && <span className={shared.dim}>{t('watch.own_waits')}</span>}
            {!file && state === 'active' && mayPropose(desk.me) && (
              <button type="button" onClick={() => setEnding('shorten')}>
                {t('watch.shorten')}
              </button>
            )}
            {((state === 'proposed' && own) || state === 'active') && mayPropose(desk.me) && (
              <button type="button" onClick={() => setEnding('revoke')}>
                {t('watch.revoke')}
              </button>
            )}
          </div>
        )}
      </div>
    </article>
  )
}

/** As days are written here: 22.11.2026. */
const dayOf = (iso: string): string => iso.slice(0, 10).split('-').reverse().join('.')
