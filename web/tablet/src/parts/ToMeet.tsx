import { clockFace, COMPASS, type AlertUnit } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import type { Fix } from '../positions/batch'
import { wind } from '../work/alertWords'
import { straight } from '../work/route'
import type { AlertView } from '../work/types'
import { distance } from './WhereTo'

interface ToMeetProps {
  alert: AlertView
  mine: AlertUnit | undefined
  fix: Fix | null
  now: number
}

/** One line of where: an arrow as on the map (north up) to where the car can be met, and the time that is left. */
export function ToMeet({ alert, mine, fix, now }: ToMeetProps) {
  const { t } = useTranslation()
  const heading = alert.read.heading ?? alert.read.camera.heading
  const line = mine && fix ? straight(fix, mine.meet) : null
  const left = mine ? Math.round((Date.parse(mine.meets_at) - now) / 1_000) : null
  return (
    <div className="where">
      <div className="way">
        {line && (
          <svg viewBox="0 0 48 48" className="arrow" role="img" aria-label={t('job.heading', { degrees: Math.round(line.bearing) })}>
            <circle cx="24" cy="24" r="22.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
            <path d="M24 7L35 37L24 30.5L13 37Z" fill="currentColor" transform={`rotate(${line.bearing} 24 24)`} />
          </svg>
        )}
        {left !== null && left > 0 && (
          <strong className="minutes" data-soon={left < 60 || undefined}>
            {clockFace(left)}
          </strong>
        )}
        {left !== null && left <= 0 && <strong className="now-here">{t('alert.should_be_here')}</strong>}
        {line && <span className="metres">{t('alert.to_place', { distance: distance(line.metres, t), way: t(`heading.${wind(line.bearing)}`) })}</span>}
      </div>
      {mine && <p className="place">{mine.meet.label || t('alert.on_the_map')}</p>}
      <p className="address">
        {mine?.meet.compass
          ? t('alert.comes', { street: mine.meet.street, way: t(`heading.${COMPASS.indexOf(mine.meet.compass)}`) })
          : heading !== null && t('alert.drives', { way: t(`heading.${wind(heading)}`) })}
        {alert.read.speed_kmh !== null && ` · ${t('alert.speed', { speed: Math.round(alert.read.speed_kmh) })}`}
      </p>
    </div>
  )
}
