import { clock, dayTime, moment } from '@jedel/ui'
import type { TFunction } from 'i18next'
import { type PointerEvent, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useCell } from '../desk/store'
import css from './timeline.module.css'
import type { Playback } from './playback'
import { clipped, moved, type Span, ticks, zoomed } from './span'
import type { ArchiveEvent } from './types'
import type { Row } from './useArchive'

const WHEEL = 1.2
const DRAG_PX = 4
/** Of the track: a mark nearer to its end has no room for its time. */
const LABEL_ROOM = 0.04

interface Props {
  rows: Row[]
  names: ReadonlyMap<string, string>
  playback: Playback
  view: Span
  onView: (view: Span) => void
  /** What is marked to be taken away. */
  marked: Span | null
}

/** Recorded stretches of each camera, what happened there, and where one is. The wheel zooms, a drag moves. */
export function Timeline({ rows, names, playback, view, onView, marked }: Props) {
  const { t } = useTranslation()
  const at = useCell(playback.state, (state) => state.at)
  const track = useRef<HTMLDivElement>(null)
  const drag = useRef<{ x: number; view: Span; moved: boolean } | null>(null)
  const state = useRef({ view, onView })
  state.current = { view, onView }
  const length = view.until - view.from
  const x = (moment: number) => `${((moment - view.from) / length) * 100}%`
  const momentAt = (clientX: number) => {
    const box = track.current?.getBoundingClientRect()
    return box ? view.from + ((clientX - box.left) / box.width) * length : view.from
  }

  useEffect(() => {
    const element = track.current
    if (!element) return
    // React's own wheel listeners are passive: the page would scroll
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const now = state.current.view
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        state.current.onView(moved(now, ((event.deltaX || event.deltaY) / box.width) * (now.until - now.from)))
      } else state.current.onView(zoomed(now, (event.clientX - box.left) / box.width, event.deltaY > 0 ? WHEEL : 1 / WHEEL))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [])

  const pressed = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { x: event.clientX, view, moved: false }
  }
  const dragged = (event: PointerEvent<HTMLDivElement>) => {
    const from = drag.current
    const box = track.current?.getBoundingClientRect()
    if (!from || !box) return
    const by = event.clientX - from.x
    if (Math.abs(by) > DRAG_PX) from.moved = true
    if (from.moved) onView(moved(from.view, (-by / box.width) * (from.view.until - from.view.from)))
  }
  const released = (event: PointerEvent<HTMLDivElement>) => {
    const from = drag.current
    drag.current = null
    if (from && !from.moved) playback.seek(momentAt(event.clientX))
  }

  const offset = -new Date(view.from).getTimezoneOffset() * 60_000
  const lines = useMemo(() => ticks(view, 10, offset), [view, offset])
  const events = useMemo(() => unique(rows), [rows])
  const now = Date.now()
  return (
    <div className={css.timeline}>
      <div className={css.names} aria-hidden>
        <span />
        {rows.map((row) => (
          <span key={row.cameraId} title={names.get(row.cameraId)}>
            {names.get(row.cameraId)}
          </span>
        ))}
      </div>
      <div
        ref={track}
        className={css.track}
        role="slider"
        tabIndex={0}
        aria-label={t('archive.timeline')}
        aria-valuemin={view.from}
        aria-valuemax={view.until}
        aria-valuenow={at}
        aria-valuetext={dayTime(new Date(at).toISOString())}
        data-archive-timeline
        onPointerDown={pressed}
        onPointerMove={dragged}
        onPointerUp={released}
      >
        <div className={css.ruler}>
          {lines.map((line) => (
            <span key={line.at} style={{ left: x(line.at) }} data-day={line.day || undefined}>
              {(view.until - line.at) / length > LABEL_ROOM && mark(line.at, line.day, length)}
            </span>
          ))}
          {events.map((event) => (
            <button
              key={event.id}
              type="button"
              className={css.event}
              data-kind={event.kind}
              data-priority={event.priority ?? undefined}
              style={{ left: x(Date.parse(event.at)) }}
              title={said(event, t)}
              aria-label={said(event, t)}
              onPointerDown={(press) => press.stopPropagation()}
              onClick={() => playback.seek(Date.parse(event.at) - 5_000)}
            />
          ))}
        </div>
        {rows.map((row) => (
          <div key={row.cameraId} className={css.row} data-unknown={row.archive === null || undefined}>
            {clipped(row.spans, view).map((part) => (
              <i key={part.from} style={{ left: x(part.from), width: `${((part.until - part.from) / length) * 100}%` }} />
            ))}
            {clipped(faults(row), view).map((part) => (
              <i key={`f${part.from}`} data-fault style={{ left: x(part.from), width: `${((part.until - part.from) / length) * 100}%` }} />
            ))}
          </div>
        ))}
        {lines.map((line) => (
          <b key={line.at} className={css.line} style={{ left: x(line.at) }} />
        ))}
        {marked && clipped([marked], view).map((part) => <b key="marked" className={css.marked} style={{ left: x(part.from), width: `${((part.until - part.from) / length) * 100}%` }} />)}
        {now < view.until && <b className={css.future} style={{ left: x(Math.max(now, view.from)) }} />}
        {at >= view.from && at <= view.until && <b className={css.head} style={{ left: x(at) }} />}
      </div>
    </div>
  )
}

function mark(at: number, day: boolean, length: number): string {
  const date = new Date(at)
  if (day) return date.toLocaleDateString('ru-KZ', { day: '2-digit', month: '2-digit' })
  const text = clock(date.toISOString())
  return length > 600_000 ? text.slice(0, 5) : text
}

function faults(row: Row): Span[] {
  return (row.archive?.events ?? [])
    .filter((event) => event.kind === 'fault')
    .map((event) => ({ from: Date.parse(event.at), until: event.until ? Date.parse(event.until) : Date.now() }))
}

/** Each event once, whichever camera it was told of. */
function unique(rows: Row[]): ArchiveEvent[] {
  const found = new Map<string, ArchiveEvent>()
  for (const row of rows) for (const event of row.archive?.events ?? []) if (event.kind !== 'fault') found.set(event.id, event)
  return [...found.values()]
}

function said(event: ArchiveEvent, t: TFunction): string {
  const what = event.kind === 'incident' ? `${t('archive.event_incident', { number: event.number })} · ${t(`class.${event.what}`)}` : t(`archive.event_${event.kind}`)
  return `${moment(event.at)} · ${what}`
}
