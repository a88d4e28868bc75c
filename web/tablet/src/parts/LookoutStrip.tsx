import { clockFace, Icon, Plate } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import { useSecond } from '../hooks/tablet'
import { groundLine } from '../work/alertWords'
import { told } from '../work/alerts'
import type { AlertView } from '../work/types'

/** While a call is on the screen, the car that comes is one line above it. */
export function LookoutStrip({ alert, unitId, onOpen }: { alert: AlertView; unitId: string; onOpen: () => void }) {
  const { t } = useTranslation()
  const now = useSecond()
  const mine = told(alert, unitId)
  const left = mine ? Math.round((Date.parse(mine.meets_at) - now) / 1_000) : 0
  return (
    <button type="button" className="lookout-strip" onClick={onOpen} aria-label={t('alert.open')}>
      <Plate text={alert.plate} series={alert.series} size={36} />
      <span className="lookout-strip-what">{groundLine(alert, t)}</span>
      {left > 0 && <strong>{clockFace(left)}</strong>}
      <Icon name="right" size={28} />
    </button>
  )
}
