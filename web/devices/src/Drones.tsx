import { Icon } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { linkOf, Refused, type DemoDrone } from './api'

/** The drone and the mobile complex: a visitor cuts their links and looks what the console says. */
export function Drones({ drones }: { drones: DemoDrone[] }) {
  const { t } = useTranslation()
  if (drones.length === 0) return null
  return (
    <section className="drives" aria-labelledby="drones">
      <h2 id="drones">{t('drone.title')}</h2>
      <p className="small">{t('drone.how')}</p>
      <ul className="devices">
        {drones.map((each) => (
          <DroneCard key={each.unit_id} first={each} />
        ))}
      </ul>
    </section>
  )
}

function DroneCard({ first }: { first: DemoDrone }) {
  const { t } = useTranslation()
  const [drone, setDrone] = useState(first)
  const [sending, setSending] = useState(false)
  const [why, setWhy] = useState('')

  const turn = async (): Promise<void> => {
    setSending(true)
    try {
      setDrone(await linkOf(drone.unit_id, !drone.linked))
      setWhy('')
    } catch (error) {
      setWhy(error instanceof Refused ? error.message : t('page.no_answer'))
    }
    setSending(false)
  }

  return (
    <li className="device" data-drone={drone.call_sign} data-linked={drone.linked}>
      <div className="device-head">
        <Icon name="camera" size={30} />
        <div>
          <h3>
            {t(`drone.${drone.kind}`)} {drone.call_sign}
          </h3>
          <p className="small">{t(`drone.${drone.kind}_how`)}</p>
        </div>
      </div>
      <div className="device-buttons">
        <button type="button" className="press" disabled={sending} onClick={() => void turn()}>
          {t(drone.linked ? 'drone.cut' : 'drone.mend')}
        </button>
      </div>
      <p className="outcome" role="status" data-state={why ? 'failed' : undefined}>
        {why ? t('page.failed', { why }) : t(drone.linked ? 'drone.linked' : 'drone.lost')}
      </p>
    </li>
  )
}
