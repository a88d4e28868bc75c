import { alertPriority, type AlertView, byGravity, clockFace, elapsed, gravestFirst, Icon, isOpen, Plate, PriorityIcon, useNow } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlerts, useDesk, useScreen } from '../../desk/context'
import shared from '../plates.module.css'
import css from './alerts.module.css'
import { PlatesMap } from '../PlatesMap'
import { Standing } from '../Standing'
import { AlertCard } from './AlertCard'
import { drawAlert } from './drawing'

const ROW = 98

/** The alerts of this hour, gravest first; the one in hand with its map and its card. */
export function AlertsTab() {
  const { t } = useTranslation()
  const desk = useDesk()
  const alerts = useAlerts()
  const now = useNow()
  const chosen = useScreen((screen) => screen.alertId)
  // The one in hand stays on its card when it leaves the live picture: what became of it is to be read.
  const last = useRef<AlertView | null>(null)
  const rows = useMemo(() => [...alerts].sort(byGravity), [alerts])
  const live = rows.find((each) => each.id === chosen) ?? (chosen ? undefined : rows[0])
  if (live) last.current = live
  const shown = live ?? (last.current && last.current.id === chosen ? { ...last.current, state: isOpen(last.current) ? ('ended' as const) : last.current.state } : null)
  const minute = Math.floor(now / 10_000)
  const drawing = useMemo(
    () =>
      shown
        ? drawAlert(shown, (id) => desk.positions.get(id), now, { first: t('alerts.first_place'), second: t('alerts.second_place'), minutes: clockFace })
        : { spots: [], lines: [], areas: [], fit: { key: '', points: [] } },
    [shown?.id, shown?.updated_at, desk, minute, t], // eslint-disable-line react-hooks/exhaustive-deps -- minutes on the map need not run by the second
  )
  const choose = (id: string): void => desk.screen.set({ alertId: id })
  return (
    <div className={css.alerts} data-card={shown ? true : undefined}>
      <AlertList rows={rows} chosen={shown?.id ?? null} onChoose={choose} />
      <PlatesMap drawing={drawing} label={t('alerts.map')} />
      {shown && <AlertCard key={shown.id} alert={shown} />}
    </div>
  )
}

function AlertList({ rows, chosen, onChoose }: { rows: AlertView[]; chosen: string | null; onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState(false)
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 6 })
  const at = rows.findIndex((each) => each.id === chosen)
  useEffect(() => {
    if (focused && at >= 0) list.scrollToIndex(at)
  }, [focused, at, list])
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || rows.length === 0) return
    event.preventDefault()
    event.stopPropagation()
    onChoose(rows[Math.min(rows.length - 1, Math.max(0, at + step))]!.id)
  }
  return (
    <div
      ref={box}
      className={css.list}
      role="listbox"
      tabIndex={0}
      aria-label={t('alerts.list')}
      onKeyDown={press}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
    >
      {rows.length === 0 ? (
        <div className={shared.empty}>
          <Icon name="plate" size={36} />
          <h2>{t('alerts.none')}</h2>
          <p>{t('alerts.none_what')}</p>
        </div>
      ) : (
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          {list.getVirtualItems().map((item) => {
            const alert = rows[item.index]!
            return <AlertRow key={alert.id} alert={alert} top={item.start} chosen={alert.id === chosen} onChoose={() => onChoose(alert.id)} />
          })}
        </div>
      )}
    </div>
  )
}

function AlertRow({ alert, top, chosen, onChoose }: { alert: AlertView; top: number; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const priority = alertPriority(alert)
  return (
    <div role="option" aria-selected={chosen} className={css.row} data-over={!isOpen(alert) || undefined} style={{ height: ROW, transform: `translateY(${top}px)` }} onClick={onChoose}>
      <PriorityIcon priority={priority} size={20} title={t(`priority.${priority}`)} />
      <div className={css.rowMain}>
        <div className={css.rowTop}>
          <Plate text={alert.plate} series={alert.series} size={28} />
          <time className={css.rowTime}>{elapsed(alert.read.at, now)}</time>
        </div>
        <span className={css.rowWhat}>{gravestFirst(alert.grounds).map((each) => t(`ground.${each.code}`)).join(' · ')}</span>
        <div className={shared.rowFoot}>
          <Standing alert={alert} small />
          <span className={shared.dim}>{alert.units.map((each) => each.call_sign).join(', ') || alert.read.camera.name}</span>
        </div>
      </div>
    </div>
  )
}
