import { Icon, lookWord, sayPlate } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import type { AlertView } from '../work/types'

/** Plate and vehicle, each looked at and said on its own: a hit is confirmed by both or not at all. */
export function AlertChecks({ alert, onNotIt }: { alert: AlertView; onNotIt: () => void }) {
  const { t } = useTranslation()
  const [tablet] = useTablet()
  const [plate, setPlate] = useState(false)
  const [vehicle, setVehicle] = useState(false)
  const { read, register } = alert
  const car = [register?.make || read.make, register?.model, lookWord('colour', register?.colour || read.colour, t)].filter(Boolean).join(' ')
  return (
    <>
      <Check on={plate} onTap={() => setPlate(!plate)} words={t('alert.plate_matches')} what={sayPlate(alert.plate)} />
      <Check on={vehicle} onTap={() => setVehicle(!vehicle)} words={t('alert.vehicle_matches')} what={car} />
      <div className="thirds">
        <button type="button" className="second" onClick={onNotIt}>
          {t('alert.not_it')}
        </button>
        <button type="button" className="second" onClick={() => void tablet.answer(alert, 'lost')}>
          {t('alert.lost')}
        </button>
        <button type="button" className="action main" disabled={!plate || !vehicle} onClick={() => void tablet.answer(alert, 'confirmed')}>
          {t('alert.confirm')}
        </button>
      </div>
    </>
  )
}

function Check({ on, onTap, words, what }: { on: boolean; onTap: () => void; words: string; what: string }) {
  return (
    <button type="button" role="checkbox" aria-checked={on} className="check" onClick={onTap}>
      <span className="check-box">{on && <Icon name="check" size={32} />}</span>
      <span>
        <strong>{words}</strong>
        {what && <span className="check-what">{what}</span>}
      </span>
    </button>
  )
}
