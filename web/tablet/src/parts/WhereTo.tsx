import { currentLanguage, inWords } from '@jedel/ui'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'

import type { Fix } from '../positions/batch'
import { straight, type Ahead } from '../work/route'
import type { Assignment, Incident } from '../work/types'

const THERE_M = 60

interface WhereToProps {
  incident: Incident
  assignment: Assignment
  fix: Fix | null
  route: (Ahead & { estimated: boolean }) | null
}

/** One line of where: an arrow as on the map (north up), the minutes, the way left, the address. */
export function WhereTo({ incident, assignment, fix, route }: WhereToProps) {
  const { t } = useTranslation()
  const { place } = incident
  const line = fix && straight(fix, place)
  const there = assignment.status === 'on_scene' || (line !== null && line.metres < THERE_M)
  const address = place.site?.address ?? null
  const known = route ?? (line === null && assignment.eta_s !== null ? fromCentre(assignment) : null)
  return (
    <div className="where">
      {there && assignment.status !== 'on_scene' && <p className="metres">{t('job.here')}</p>}
      {!there && (
        <div className="way">
          {line && (
            <svg
              viewBox="0 0 48 48"
              className="arrow"
              role="img"
              aria-label={t('job.heading', { degrees: Math.round(line.bearing) })}
            >
              <circle cx="24" cy="24" r="22.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
              <path d="M24 7L35 37L24 30.5L13 37Z" fill="currentColor" transform={`rotate(${line.bearing} 24 24)`} />
            </svg>
          )}
          {known && (
            <strong className="minutes">
              {Math.max(1, Math.round(known.seconds / 60))}
              <small>{t('unit.min')}</small>
            </strong>
          )}
          <span className="metres">
            {known
              ? distance(known.metres, t)
              : line
                ? `${distance(line.metres, t)}, ${t('job.straight')}`
                : t('job.no_position')}
            {known?.estimated && `, ${t('job.estimated')}`}
          </span>
        </div>
      )}
      <p className="place">{inWords(place.label)}</p>
      {address && inWords(address) !== inWords(place.label) && <p className="address">{inWords(address)}</p>}
    </div>
  )
}

/** Before the receiver has found the car, what the centre reckoned when it sent the crew. */
function fromCentre(assignment: Assignment): { seconds: number; metres: number; estimated: boolean } {
  return { seconds: assignment.eta_s ?? 0, metres: assignment.metres ?? 0, estimated: assignment.estimated ?? false }
}

/** "640 m" below a kilometre, "2,4 km" above, with the language's own decimal sign (Kazakh has the Russian one, but Chromium does not know). */
export function distance(metres: number, t: TFunction): string {
  if (metres < 950) return `${Math.round(metres / 10) * 10} ${t('unit.m')}`
  const km = new Intl.NumberFormat(currentLanguage() === 'en' ? 'en' : 'ru', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  return `${km.format(metres / 1_000)} ${t('unit.km')}`
}
