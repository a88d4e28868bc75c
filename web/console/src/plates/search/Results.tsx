import { clock, clockFace, dayTime, Icon, lookWord, Plate, type PlateRead, problemText } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveCsv } from '../../desk/csv'
import { PlatesMap } from '../PlatesMap'
import shared from '../plates.module.css'
import css from './search.module.css'
import type { Pair } from '../types'
import { wayOf } from '../way'
import { drawReads } from './drawing'
import { ReadCard } from './ReadCard'
import type { Search } from './searching'
import { Timeline } from './Timeline'

const ROW = 46

interface Props {
  search: Search
  busy: boolean
  onMore: () => void
  onAgain: () => void
}

/** What was found, as a list, on the map and along the time; how far back one may look is said. */
export function Results({ search, busy, onMore, onAgain }: Props) {
  const { t } = useTranslation()
  const [chosenId, setChosen] = useState<string | null>(null)
  const { pairs } = search
  const reads = useMemo(() => (pairs.length > 0 ? pairs.flatMap((each) => [each.a, each.b]) : search.reads), [pairs, search.reads])
  const chosen = reads.find((each) => each.id === chosenId) ?? null
  const drawing = useMemo(() => drawReads(reads, chosen, search.id), [reads, chosen, search.id])
  const save = (): void =>
    saveCsv('reads', [
      [t('psearch.plate'), t('psearch.at'), t('psearch.camera'), t('psearch.way'), t('psearch.speed'), t('looks.make'), t('looks.colour'), t('looks.body'), t('psearch.confidence'), t('psearch.grounds')],
      ...reads.map((each) => [
        each.plate, each.at, each.camera.name, each.heading ?? '', each.speed_kmh ?? '', lookWord('make', each.make, t), lookWord('colour', each.colour, t),
        lookWord('body', each.body, t), each.confidence, each.grounds.map((code) => t(`ground.${code}`)).join(', '),
      ]),
    ])
  const done = search.state === 'granted'
  return (
    <div className={shared.results} data-card={chosen !== null || undefined}>
      <header className={shared.resultsHead}>
        <div className={shared.tools}>
          <strong>{done && t('psearch.count', { count: pairs.length > 0 ? pairs.length : reads.length })}</strong>
          {search.limitedTo && (
            <span className={css.limited} role="note">
              <Icon name="clock" size={16} />
              {t('psearch.limited', { day: dayTime(search.limitedTo) })}
            </span>
          )}
          <button type="button" disabled={reads.length === 0} onClick={save}>
            {t('action.export')}
          </button>
        </div>
        {search.fault !== null && (
          <div className={shared.tools} role="alert">
            <p className={shared.fault}>{problemText(search.fault, t)}</p>
            <button type="button" onClick={onAgain}>
              {t('action.again')}
            </button>
          </div>
        )}
        {search.state === 'asked' && (
          <p className={css.waits} role="status">
            <Icon name="clock" size={20} />
            <strong>{t('lookups.waits')}</strong> {t('lookups.waits_what')}
          </p>
        )}
        {search.state === 'refused' && (
          <p className={shared.fault} role="alert">
            {t('psearch.refused')} {search.refusal}
          </p>
        )}
        {reads.length > 0 && <Timeline reads={reads} chosen={chosenId} onChoose={setChosen} />}
      </header>
      <div className={shared.resultsList}>
        {search.state === 'under_way' && search.fault === null && <div className="j-skeleton" style={{ height: 120 }} aria-busy />}
        {done && reads.length === 0 && <p className={shared.empty}>{t('psearch.none')}</p>}
        {pairs.length > 0 ? <Pairs pairs={pairs} chosen={chosenId} onChoose={setChosen} /> : <ReadList reads={reads} chosen={chosenId} onChoose={setChosen} />}
        {search.more && (
          <div className={shared.tools}>
            {pairs.length > 0 ? (
              <p className={shared.dim}>{t('psearch.more_pairs')}</p>
            ) : (
              <button type="button" disabled={busy} onClick={onMore}>
                {t('psearch.more')}
              </button>
            )}
          </div>
        )}
      </div>
      <PlatesMap drawing={drawing} label={t('psearch.map')} onPick={setChosen} />
      {chosen && <ReadCard key={chosen.id} read={chosen} caseNumber={search.case.caseNumber} onClose={() => setChosen(null)} />}
    </div>
  )
}

interface Choosing {
  chosen: string | null
  onChoose: (id: string) => void
}

function ReadList({ reads, chosen, onChoose }: Choosing & { reads: PlateRead[] }) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const list = useVirtualizer({ count: reads.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 8 })
  return (
    <div ref={box} className={shared.scroll} role="listbox" aria-label={t('psearch.results')}>
      <div style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map((item) => {
          const read = reads[item.index]!
          return <ReadRow key={read.id} read={read} top={item.start} chosen={read.id === chosen} onChoose={() => onChoose(read.id)} />
        })}
      </div>
    </div>
  )
}

function ReadRow({ read, top, chosen, onChoose }: { read: PlateRead; top: number; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation()
  const way = wayOf(read.heading)
  return (
    <div role="option" aria-selected={chosen} className={css.read} style={{ height: ROW, transform: `translateY(${top}px)` }} onClick={onChoose}>
      <time title={dayTime(read.at)}>{clock(read.at)}</time>
      <Plate text={read.plate} series={read.series} size={24} />
      <span className={css.readWhere}>
        <span>{read.camera.name}</span>
        <span className={shared.dim}>
          {[way !== null && t(`heading.${way}`), read.speed_kmh !== null && t('alerts.speed', { speed: Math.round(read.speed_kmh) })].filter(Boolean).join(' · ')}
        </span>
      </span>
      {read.grounds.length > 0 && (
        <span className={css.hit} title={t('alert_state.unconfirmed')}>
          {t(`ground.${read.grounds[0]!}`)}
        </span>
      )}
    </div>
  )
}

function Pairs({ pairs, chosen, onChoose }: Choosing & { pairs: Pair[] }) {
  const { t } = useTranslation()
  return (
    <div className={shared.scroll}>
      <table className={shared.table}>
        <thead>
          <tr>
            <th>{t('psearch.plate')}</th>
            <th>{t('psearch.place_a')}</th>
            <th>{t('psearch.place_b')}</th>
            <th>{t('psearch.between')}</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((each) => (
            <tr key={each.plate}>
              <td>
                <Plate text={each.plate} size={24} />
              </td>
              {[each.a, each.b].map((read) => (
                <td key={read.id}>
                  <button type="button" className={css.narrow} aria-pressed={chosen === read.id} onClick={() => onChoose(read.id)}>
                    <time>{clock(read.at)}</time> {read.camera.name}
                  </button>
                </td>
              ))}
              <td>{clockFace(Math.round(Math.abs(each.seconds)))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
