import { elapsed, inWords, type Unit, UnitIcon, UNIT_STATUSES, type UnitStatus, useNow } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useIncidents, useScreen, useUnits } from '../desk/context'
import css from './panels.module.css'

const ROW = 32
type Sort = 'status' | 'call_sign' | 'since'

/** All units of the shift: filtered by status, searched by anything, one key from the map. */
export function UnitsPanel() {
  const { t } = useTranslation()
  const desk = useDesk()
  const units = useUnits()
  const incidents = useIncidents()
  const [only, setOnly] = useState<UnitStatus | null>(null)
  const [wanted, setWanted] = useState('')
  const [sort, setSort] = useState<Sort>('status')
  const box = useRef<HTMLDivElement>(null)
  const shownAs = (unit: Unit): UnitStatus => (unit.silent ? 'unavailable' : unit.status)

  const counts = useMemo(() => {
    const found = new Map<UnitStatus, number>()
    for (const unit of units) found.set(shownAs(unit), (found.get(shownAs(unit)) ?? 0) + 1)
    return found
  }, [units])
  const rows = useMemo(() => {
    const query = wanted.trim().toLowerCase()
    return units
      .filter((unit) => (only ? shownAs(unit) === only : shownAs(unit) !== 'off_shift' || query !== ''))
      .filter((unit) => !query || `${unit.call_sign} ${unit.crew.join(' ')} ${unit.vehicle ?? ''} ${unit.skills.join(' ')}`.toLowerCase().includes(query))
      .sort((a, b) => {
        if (sort === 'since') return Date.parse(a.since) - Date.parse(b.since)
        const byStatus = UNIT_STATUSES.indexOf(shownAs(a)) - UNIT_STATUSES.indexOf(shownAs(b))
        return (sort === 'status' ? byStatus : 0) || a.call_sign.localeCompare(b.call_sign, 'ru', { numeric: true })
      })
  }, [units, only, wanted, sort])
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 4 })
  const numberOf = (id: string | null) => incidents.find((each) => each.id === id)

  const head = (name: Sort, word: string) => (
    <button type="button" className={css.sort} aria-pressed={sort === name} onClick={() => setSort(name)}>
      {word}
    </button>
  )
  return (
    <div className={css.panel}>
      <div className={css.filters}>
        <input className={css.search} type="search" value={wanted} placeholder={t('units.search')} aria-label={t('units.search')} onChange={(event) => setWanted(event.target.value)} />
        {UNIT_STATUSES.filter((status) => counts.get(status)).map((status) => (
          <button key={status} type="button" className={css.filter} aria-pressed={only === status} onClick={() => setOnly(only === status ? null : status)}>
            <UnitIcon status={status} size={15} />
            {t(`status.${status}`)} {counts.get(status)}
          </button>
        ))}
      </div>
      <div className={css.head} aria-hidden={false}>
        {head('call_sign', t('units.sign'))}
        {head('status', t('units.status'))}
        {head('since', t('units.since'))}
        <span>{t('units.incident')}</span>
        <span>{t('units.crew')}</span>
        <span>{t('units.vehicle')}</span>
      </div>
      <div ref={box} className={css.list}>
        {rows.length === 0 ? (
          <p className={css.empty}>{units.length === 0 ? t('units.empty') : t('units.none_found')}</p>
        ) : (
          <div style={{ height: list.getTotalSize(), position: 'relative' }}>
            {list.getVirtualItems().map((item) => {
              const unit = rows[item.index]!
              const incident = numberOf(unit.incident_id)
              return (
                <UnitRow
                  key={unit.id}
                  unit={unit}
                  shown={shownAs(unit)}
                  top={item.start}
                  incident={incident ? `№ ${incident.number} · ${inWords(incident.title)}` : ''}
                  onShow={() => {
                    const position = desk.positions.get(unit.id)
                    desk.screen.set({ peek: { kind: 'unit', id: unit.id } })
                    if (position) desk.map?.show(position[1], position[2])
                  }}
                />
              )
            })}
          </div>
        )}
      </div>
    </div>
  )
}

function UnitRow({ unit, shown, top, incident, onShow }: { unit: Unit; shown: UnitStatus; top: number; incident: string; onShow: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const selected = useScreen((screen) => screen.peek?.id === unit.id)
  return (
    <button type="button" className={css.row} style={{ height: ROW, transform: `translateY(${top}px)` }} aria-current={selected || undefined} title={`u ${unit.call_sign}`} onClick={onShow}>
      <strong>{unit.call_sign}</strong>
      <span className={css.state}>
        <UnitIcon status={shown} size={16} />
        {t(`status.${shown}`)}
      </span>
      <span className={css.dim}>{elapsed(unit.since, now)}</span>
      <span className={css.cut}>{incident}</span>
      <span className={css.cut}>{unit.crew.join(', ')}</span>
      <span className={`${css.cut} ${css.dim}`}>{[unit.vehicle, t(`kind.${unit.kind}`)].filter(Boolean).join(' · ')}</span>
    </button>
  )
}
