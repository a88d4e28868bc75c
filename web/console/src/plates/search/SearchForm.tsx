import { MomentField } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import shared from '../plates.module.css'
import css from './search.module.css'
import type { PlateCamera } from '../types'
import { CameraPicker } from './CameraPicker'
import type { Question } from './searching'

const BY = ['plate', 'two_places'] as const
const SPANS = [1, 6, 24, 0] as const
const HOUR_MS = 3_600_000
const WITHIN_MIN = 10
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

interface Props {
  cameras: PlateCamera[]
  busy: boolean
  onAsk: (question: Question) => void
}

/** A plate or a part of one, cameras and time; or whichever cars were at two places within some minutes. */
export function SearchForm({ cameras, busy, onAsk }: Props) {
  const { t } = useTranslation()
  const [by, setBy] = useState<(typeof BY)[number]>('plate')
  const [plate, setPlate] = useState('')
  const [near, setNear] = useState(false)
  const [some, setSome] = useState<number[]>([])
  const [a, setA] = useState<number[]>([])
  const [b, setB] = useState<number[]>([])
  const [within, setWithin] = useState(WITHIN_MIN)
  const [hours, setHours] = useState<number | null>(24)
  const [since, setSince] = useState<number | null>(null)
  const [until, setUntil] = useState<number | null>(null)
  const wild = /[?*]/.test(plate)
  const ready = by === 'plate' ? plate.trim() !== '' || some.length > 0 : a.length > 0 && b.length > 0
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const from = hours === null ? since : hours === 0 ? null : Date.now() - hours * HOUR_MS
    const span = { since: iso(from), until: iso(hours === null ? until : null) }
    if (by === 'plate') onAsk({ by, plate: plate.trim(), near_misses: near && !wild && plate.trim() !== '', cameras: some, ...span })
    else onAsk({ by, a: { cameras: a }, b: { cameras: b }, within_s: within * 60, ...span })
  }
  return (
    <form className={`${shared.form} ${css.searchForm}`} onSubmit={submit} aria-label={t('plates.search')}>
      <div className={shared.tools} role="group">
        {BY.map((each) => (
          <button key={each} type="button" aria-pressed={by === each} onClick={() => setBy(each)}>
            {t(`psearch.by_${each}`)}
          </button>
        ))}
      </div>
      {by === 'plate' ? (
        <>
          <label>
            {t('psearch.plate')}
            <input name="plate" autoFocus className={shared.big} value={plate} maxLength={20} autoComplete="off" spellCheck={false} placeholder="123ABC02" onChange={(event) => setPlate(event.target.value)} />
          </label>
          <p className={shared.dim}>{t('psearch.plate_how')}</p>
          <label className={shared.tick}>
            <input type="checkbox" checked={near && !wild} disabled={wild} onChange={(event) => setNear(event.target.checked)} />
            {t('psearch.near')}
          </label>
          <CameraPicker label={t('psearch.cameras')} none={t('psearch.all_cameras')} cameras={cameras} chosen={some} onChange={setSome} />
        </>
      ) : (
        <>
          <p className={shared.dim}>{t('psearch.two_how')}</p>
          <CameraPicker label={t('psearch.place_a')} none={t('psearch.choose_cameras')} cameras={cameras} chosen={a} onChange={setA} />
          <CameraPicker label={t('psearch.place_b')} none={t('psearch.choose_cameras')} cameras={cameras} chosen={b} onChange={setB} />
          <label>
            {t('psearch.within')}
            <input type="number" min={1} max={1440} required value={within} onChange={(event) => setWithin(Number(event.target.value))} />
          </label>
        </>
      )}
      <div className={shared.tools} role="group" aria-label={t('psearch.when')}>
        {SPANS.map((each) => (
          <button key={each} type="button" aria-pressed={hours === each} onClick={() => setHours(each)}>
            {t(`psearch.span_${each}`)}
          </button>
        ))}
        <button type="button" aria-pressed={hours === null} onClick={() => setHours(null)}>
          {t('psearch.span_from')}
        </button>
      </div>
      {hours === null && (
        <div className={css.two}>
          <label>
            {t('psearch.since')}
            <MomentField value={since} onChange={setSince} />
          </label>
          <label>
            {t('psearch.until')}
            <MomentField value={until} onChange={setUntil} />
          </label>
        </div>
      )}
      <button type="submit" className={shared.primary} disabled={busy || !ready}>
        {t('psearch.go')}
      </button>
      <p className={shared.dim}>{t('psearch.on_record')}</p>
    </form>
  )
}
