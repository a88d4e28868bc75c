import { clock, dayTime, type PlateRead, sayPlate } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './search.module.css'

interface Props {
  reads: PlateRead[]
  chosen: string | null
  onChoose: (id: string) => void
}

const TICKS_MAX = 400
const SHORT_MS = 86_400_000

/** The reads along the time between the first and the last; a press chooses one. */
export function Timeline({ reads, chosen, onChoose }: Props) {
  const { t } = useTranslation()
  const times = reads.map((each) => Date.parse(each.at))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const span = Math.max(1, last - first)
  const face = (ms: number): string => (span > SHORT_MS ? dayTime(new Date(ms).toISOString()) : clock(new Date(ms).toISOString()))
  return (
    <div className={css.timeline} role="group" aria-label={t('psearch.timeline')}>
      <time>{face(first)}</time>
      <div className={css.track}>
        {reads.slice(0, TICKS_MAX).map((each, i) => (
          <button
            key={each.id}
            type="button"
            tabIndex={-1}
            aria-pressed={chosen === each.id}
            title={`${clock(each.at)} · ${sayPlate(each.plate)} · ${each.camera.name}`}
            style={{ left: `${((times[i]! - first) / span) * 100}%` }}
            onClick={() => onChoose(each.id)}
          />
        ))}
      </div>
      <time>{face(last)}</time>
    </div>
  )
}
