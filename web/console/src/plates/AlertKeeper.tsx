import { isGravest, sayPlate } from '@jedel/ui'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarms, useAlerts, useDesk } from '../desk/context'

/**
 * Tells the duty officer of a wanted car that is to be stopped, wherever he is: a line beside the command line
 * and one sound, which never goes over an emergency's. All other alerts only count on the rail.
 */
export function AlertKeeper() {
  const { t } = useTranslation()
  const desk = useDesk()
  const alerts = useAlerts()
  const emergency = useAlarms().some((alarm) => alarm.state === 'open' && !alarm.test)
  const known = useRef<Set<string> | null>(null)
  const loaded = desk.feed.shown.seq >= 0
  useEffect(() => {
    if (!loaded) return
    const before = known.current
    known.current = new Set(alerts.map((alert) => alert.id))
    // What was there when the desk was opened is on the rail and is no news.
    if (!before || !desk.mayDispatch) return
    const fresh = alerts.filter((alert) => !before.has(alert.id) && alert.state === 'unconfirmed' && isGravest(alert))
    for (const alert of fresh.slice(-1)) {
      const open = { label: t('alerts.notice_open'), run: () => desk.openAlert(alert.id) }
      desk.notify('news', t('alerts.notice', { plate: sayPlate(alert.plate), camera: alert.read.camera.name }), open)
    }
    if (fresh.length > 0 && !emergency) desk.sounds.play('lookout')
  }, [alerts, desk, emergency, loaded, t])
  return null
}
