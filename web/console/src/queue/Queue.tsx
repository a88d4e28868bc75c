import { PriorityIcon } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../desk/actions'
import { useAlarms, useDesk, useIncidents, useScreen } from '../desk/context'
import { usePicture } from '@jedel/ui'
import { AlarmRow, IncidentRow } from './rows'
import { queueRows, type Row } from './order'
import css from './queue.module.css'

const HEIGHT = { group: 30, incident: 76, alarm: 64 } as const

export function Queue() {
  const { t } = useTranslation()
  const desk = useDesk()
  const known = usePicture(desk.feed).seq >= 0
  const incidents = useIncidents()
  const alarms = useAlarms()
  const open = useScreen((screen) => screen.incidentId)
  const [wanted, setWanted] = useState('')
  const query = useDeferredValue(wanted.trim().toLowerCase())
  const box = useRef<HTMLDivElement>(null)

  const rows = useMemo(() => {
    const some = query
      ? incidents.filter((each) => `${each.number} ${titleOf(each)} ${placeOf(each)} ${each.assignments.map((a) => a.call_sign).join(' ')}`.toLowerCase().includes(query))
      : incidents
    return queueRows(some, query ? [] : alarms)
  }, [incidents, alarms, query])

  // A new function only for new rows: the list measures itself again exactly then.
  const keyAt = useCallback((i: number) => keyOf(rows[i]!), [rows])
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => HEIGHT[rows[i]!.kind],
    getItemKey: keyAt,
    overscan: 6,
  })
  const asking = rows.findIndex((row) => row.kind === 'alarm' || (row.kind === 'incident' && row.item.unanswered.length > 0))
  const at = rows.findIndex((row) => row.kind === 'incident' && row.item.incident.id === open)
  useEffect(() => {
    if (at >= 0) list.scrollToIndex(at, { align: 'auto' })
    // Only when another card is opened: the list must not jump while it merely changes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open])

  return (
    <section className={css.queue} aria-label={t('queue.title')}>
      <header className={css.head}>
        <input
          className={css.search}
          type="search"
          value={wanted}
          placeholder={t('queue.search', { count: incidents.length })}
          aria-label={t('queue.search', { count: incidents.length })}
          onChange={(event) => setWanted(event.target.value)}
        />
        <button type="button" className={css.add} onClick={() => desk.screen.set({ draft: { class: 'call', priority: 'routine', place: null } })}>
          {t('queue.open')} <kbd>O</kbd>
        </button>
      </header>
      {!known ? (
        <div className={css.waiting} aria-busy>
          {[0, 1, 2, 3, 4, 5].map((i) => (
            <div key={i} className="j-skeleton" style={{ height: 64 }} />
          ))}
        </div>
      ) : rows.length === 0 ? (
        <div className={css.empty}>
          <strong>{query ? t('queue.none_found') : t('queue.empty')}</strong>
          <p>{query ? t('queue.none_found_what') : t('queue.empty_what')}</p>
        </div>
      ) : (
        <div ref={box} className={css.list} tabIndex={-1}>
          <div style={{ height: list.getTotalSize(), position: 'relative' }} role="list">
            {list.getVirtualItems().map((item) => (
              <div key={item.key} role="listitem" className={css.slot} data-first-asking={item.index === asking || undefined} style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
                <QueueRow row={rows[item.index]!} openId={open} />
              </div>
            ))}
          </div>
        </div>
      )}
    </section>
  )
}

function QueueRow({ row, openId }: { row: Row; openId: string | null }) {
  const { t } = useTranslation()
  if (row.kind === 'incident') return <IncidentRow item={row.item} selected={row.item.incident.id === openId} />
  if (row.kind === 'alarm') return <AlarmRow alarm={row.alarm} />
  return (
    <h2 className={css.group}>
      <PriorityIcon priority={row.priority} size={14} />
      {t(`priority.${row.priority}`)}
      <span className={css.count}>{row.count}</span>
      {row.waiting > 0 && <span className={css.groupWaiting}>{t('queue.waiting', { count: row.waiting })}</span>}
    </h2>
  )
}

function keyOf(row: Row): string {
  if (row.kind === 'group') return row.priority
  return row.kind === 'incident' ? row.item.incident.id : row.alarm.id
}
