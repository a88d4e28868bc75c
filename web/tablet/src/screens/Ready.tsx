import { elapsed, UnitIcon, type MapInfo } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Where } from '../hooks/position'
import { useSecond, useTablet } from '../hooks/tablet'
import { JobMap } from '../parts/JobMap'
import type { Unit } from '../work/types'

export function Ready({ unit, where, info, onLookUp }: { unit: Unit; where: Where; info: MapInfo | null; onLookUp: () => void }) {
  const { t } = useTranslation()
  const [tablet] = useTablet()
  const [ending, setEnding] = useState(false)
  const now = useSecond()
  const free = unit.status === 'available'
  return (
    <div className="split">
      <div className="split-map">
        {info?.basemap && <JobMap info={info} label={t('ready.map')} here={where.fix} status={unit.status} />}
      </div>
      <section className="panel">
        <div className="panel-scroll calm">
          <UnitIcon status={unit.status} size={96} />
          <h1 className="calm-status">{t(`status.${unit.status}`)}</h1>
          <p className="hint">{t(free ? 'ready.waiting' : 'ready.busy')}</p>
          <p className="calm-shift">
            {unit.shift && `${t('ready.on_shift')} ${elapsed(unit.shift.started_at, now)}`}
            {unit.crew.length > 0 && <span>{unit.crew.join(', ')}</span>}
          </p>
        </div>
        <div className="actions">
          {ending ? (
            <>
              <p className="sure">{t('shift.end_sure')}</p>
              <div className="pair">
                <button type="button" className="second" onClick={() => setEnding(false)}>
                  {t('app.back')}
                </button>
                <button type="button" className="action" onClick={() => void tablet.endShift()}>
                  {t('shift.end')}
                </button>
              </div>
            </>
          ) : (
            <>
              <div className="halves">
                <button type="button" className="second" onClick={() => setEnding(true)}>
                  {t('shift.end')}
                </button>
                <button type="button" className="second" onClick={onLookUp}>
                  {t('lookup.open')}
                </button>
              </div>
              <button
                type="button"
                className={free ? 'second tall' : 'action'}
                onClick={() => void tablet.say(free ? 'busy' : 'available')}
              >
                {t(free ? 'ready.say_busy' : 'ready.say_available')}
              </button>
            </>
          )}
        </div>
      </section>
    </div>
  )
}
