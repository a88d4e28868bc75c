import { clock, dayTime, Icon, MomentField, problemText } from '@jedel/ui'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchSide } from '../cameras/wall/SearchSide'
import { useCell } from '../desk/store'
import css from './archive.module.css'
import { ExportForm } from './ExportForm'
import { FRAME_MS, type Playback, RATES } from './playback'
import { Screen } from './Screen'
import { following, type Span } from './span'
import { Timeline } from './Timeline'
import type { Why } from './types'
import { useMoment, useNames, usePlayback, useRecorded, useRows } from './useArchive'
import { useArchiveKeys } from './useArchiveKeys'
import { WhyBar } from './WhyBar'

const SCREENS_MAX = 4
const VIEW_MS = 15 * 60_000
const AGO_MS = 60_000

export interface ArchivePanelProps {
  cameraIds: string[]
  /** ms since 1970; null: the incident's moment, or a minute ago. */
  at: number | null
  incidentId?: string | null
}

/** Up to four cameras as they were, on one clock. */
export function ArchivePanel({ cameraIds, at, incidentId = null }: ArchivePanelProps) {
  const moment = useMoment(incidentId)
  const ids = cameraIds.length > 0 ? cameraIds : (moment?.cameras ?? []).filter((each) => each.allowed).slice(0, SCREENS_MAX).map((each) => each.id)
  const start = at ?? (moment ? Date.parse(moment.moment) : null)
  if (incidentId && !moment && start === null) return <div className={css.panel} aria-busy />
  return <Looking key={`${incidentId}/${start}/${cameraIds.join()}`} first={ids} start={start ?? Date.now() - AGO_MS} incidentId={incidentId} />
}

function Looking({ first, start, incidentId }: { first: string[]; start: number; incidentId: string | null }) {
  const { t } = useTranslation()
  const playback = usePlayback(start)
  const [cameras, setCameras] = useState(first.slice(0, SCREENS_MAX))
  const [why, setWhy] = useState<Why | null>(incidentId ? { purpose: 'incident', incidentId, caseNumber: null } : null)
  const [view, setView] = useState<Span>({ from: start - VIEW_MS / 2, until: start + VIEW_MS / 2 })
  const [searching, setSearching] = useState(first.length === 0)
  const [large, setLarge] = useState<string | null>(null)
  const [marked, mark] = useState<Span | null>(null)
  const [exporting, setExporting] = useState(false)
  const rows = useRows(cameras, view)
  const names = useNames(cameras)
  const recorded = useRecorded(rows)
  useEffect(() => {
    playback.recorded = recorded
  }, [playback, recorded])
  useEffect(() => playback.state.subscribe(() => playback.state.get().playing && setView((now) => following(now, playback.state.get().at))), [playback])
  const seek = useCallback(
    (moment: number) => {
      playback.seek(moment)
      setView((now) => following(now, moment))
    },
    [playback],
  )
  const markHere = useCallback(
    (end: 'from' | 'until') => {
      const here = playback.state.get().at
      mark((now) => {
        const other = now ?? { from: here, until: here + 60_000 }
        const next = { ...other, [end]: here }
        return next.until > next.from ? next : end === 'from' ? { from: here, until: here + 60_000 } : { from: here - 60_000, until: here }
      })
    },
    [playback],
  )
  useArchiveKeys(playback, seek, markHere)
  const there = useMemo(() => new Set(cameras), [cameras])
  const add = (id: string) => setCameras((now) => (now.includes(id) ? now : [...now.slice(0, SCREENS_MAX - 1), id]))
  const refused = rows.find((row) => row.error)

  return (
    <div className={css.panel} data-search={searching || undefined}>
      <div className={css.bar}>
        <WhyBar why={why} onWhy={setWhy} />
        <span className={css.spring} />
        <button type="button" aria-pressed={searching} onClick={() => setSearching(!searching)}>
          <Icon name="camera" size={16} /> {t('archive.cameras')}
        </button>
      </div>
      <div className={css.stage}>
        {cameras.length === 0 ? (
          <div className={css.empty}>
            <h2>{t('archive.empty')}</h2>
            <p>{t('archive.empty_what')}</p>
          </div>
        ) : !why ? (
          <div className={css.empty}>
            <h2>{t('archive.why_first')}</h2>
            <p>{t('archive.why_what')}</p>
          </div>
        ) : (
          <div className={css.screens} data-count={large ? 1 : cameras.length}>
            {cameras.map((id) => (
              <Screen
                key={id}
                cameraId={id}
                name={names.get(id) ?? ''}
                why={why}
                playback={playback}
                large={large === id}
                onLarge={() => setLarge(large === id ? null : id)}
                onRemove={() => setCameras(cameras.filter((each) => each !== id))}
              />
            ))}
          </div>
        )}
        {exporting && marked && why && <ExportForm cameraIds={cameras} names={names} why={why} marked={marked} onClose={() => setExporting(false)} />}
      </div>
      {searching && (
        <div className={css.search}>
          <SearchSide there={there} thereWord="wall.in_archive" onPick={add} />
        </div>
      )}
      <Controls playback={playback} onSeek={seek} onMark={markHere} marked={marked} onClear={() => mark(null)} onExport={() => setExporting(true)} mayExport={why !== null && cameras.length > 0} />
      {refused && !why && (
        <p className={css.refused} role="status">
          {names.get(refused.cameraId)}: {problemText(refused.error, t)}
        </p>
      )}
      <Timeline rows={rows} names={names} playback={playback} view={view} onView={setView} marked={marked} />
    </div>
  )
}

interface ControlsProps {
  playback: Playback
  onSeek: (at: number) => void
  onMark: (end: 'from' | 'until') => void
  marked: Span | null
  onClear: () => void
  onExport: () => void
  mayExport: boolean
}

function Controls({ playback, onSeek, onMark, marked, onClear, onExport, mayExport }: ControlsProps) {
  const { t } = useTranslation()
  const { at, playing, rate, waiting } = useCell(playback.state, (state) => state)
  const iso = new Date(at).toISOString()
  return (
    <div className={css.controls}>
      <button type="button" title={t('archive.back')} aria-label={t('archive.back')} onClick={() => onSeek(at - 5_000)}>
        −5
      </button>
      <button type="button" title={`${t('archive.frame_back')} (,)`} aria-label={t('archive.frame_back')} onClick={() => playback.step(-FRAME_MS)}>
        <Icon name="left" size={16} />
      </button>
      <button type="button" className={css.play} title={t('archive.space')} aria-pressed={playing} onClick={() => playback.toggle()}>
        {playing ? t('archive.pause') : t('archive.play')}
      </button>
      <button type="button" title={`${t('archive.frame_on')} (.)`} aria-label={t('archive.frame_on')} onClick={() => playback.step(FRAME_MS)}>
        <Icon name="right" size={16} />
      </button>
      <button type="button" title={t('archive.on')} aria-label={t('archive.on')} onClick={() => onSeek(at + 5_000)}>
        +5
      </button>
      <select value={String(Math.abs(rate))} aria-label={t('archive.rate')} onChange={(event) => playback.pace(Number(event.target.value))}>
        {RATES.map((each) => (
          <option key={each} value={each}>
            {each}×
          </option>
        ))}
      </select>
      <time dateTime={iso} data-archive-at={at} className={css.at} data-waiting={waiting || undefined}>
        <b>{clock(iso)}</b>
        <span>.{String(Math.floor((at % 1000) / 100))}</span>
        <em>{dayTime(iso).split(',')[0]}</em>
      </time>
      {rate < 0 && playing && <span className={css.tag}>{t('archive.backwards')}</span>}
      <MomentField seconds leaves label={t('archive.go_to')} value={at} onChange={(to) => to !== null && onSeek(to)} />
      <span className={css.spring} />
      <Mark word={t('archive.mark_from')} sign="I" at={marked?.from} onMark={() => onMark('from')} />
      <Mark word={t('archive.mark_until')} sign="O" at={marked?.until} onMark={() => onMark('until')} />
      {marked && (
        <button type="button" aria-label={t('archive.mark_clear')} title={t('archive.mark_clear')} onClick={onClear}>
          <Icon name="close" size={16} />
        </button>
      )}
      <button type="button" disabled={!marked || !mayExport} onClick={onExport}>
        <Icon name="out" size={16} /> {t('archive.export')}
      </button>
    </div>
  )
}

/** One end of what is marked: its word, then its time in the word's place, so that nothing beside it moves. */
function Mark({ word, sign, at, onMark }: { word: string; sign: string; at: number | undefined; onMark: () => void }) {
  const time = at === undefined ? null : clock(new Date(at).toISOString())
  return (
    <button type="button" title={word} aria-label={time ? `${word}: ${time}` : word} onClick={onMark}>
      {time ?? word} <kbd>{sign}</kbd>
    </button>
  )
}
