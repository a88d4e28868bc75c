import { due, type Heard, SILENCE, useLink } from '@jedel/ui'
import { useEffect, useRef } from 'react'
import { useAlarms, useDesk, useDevices, useScreen } from '../desk/context'

const LOST_AFTER_MS = 3_000

/**
 * Makes the sounds that the picture asks for. Alarms sound until acknowledged; a lost link or a silent
 * device sounds until somebody says that he heard it (Q), while its sign stays on the screen.
 */
export function SoundKeeper() {
  const desk = useDesk()
  const link = useLink(desk.feed)
  const alarms = useAlarms()
  const devices = useDevices()
  const answered = useScreen((screen) => screen.heardTroubles)
  const heard = useRef<Heard>(SILENCE)
  const supervisor = desk.me.role === 'supervisor'

  const emergenciesSince = alarms
    .filter((alarm) => alarm.state === 'open' && !alarm.test && (!supervisor || alarm.escalated_at))
    .map((alarm) => Date.parse(alarm.sounding_since ?? alarm.received_at))
  const troubles = devices.filter((device) => !device.available && device.last_seen).map((device) => device.id)
  const lostSince = link.is === 'lost' ? link.since : null
  const asked = useRef({ emergenciesSince, troubles, lostSince, answered })
  asked.current = { emergenciesSince, troubles, lostSince, answered }

  useEffect(() => {
    const look = () => {
      const { emergenciesSince, troubles, lostSince, answered } = asked.current
      const now = Date.now()
      const lost = lostSince !== null && now - lostSince > LOST_AFTER_MS && !answered.has('link')
      const trouble = lost || troubles.some((id) => !answered.has(id))
      const next = due({ emergenciesSince, trouble }, heard.current, now)
      heard.current = next.heard
      if (next.sound) desk.sounds.play(next.sound)
    }
    const timer = setInterval(look, 250)
    return () => clearInterval(timer)
  }, [desk])

  const count = emergenciesSince.length
  useEffect(() => {
    document.title = count > 0 ? `(${count}) Jedel` : 'Jedel'
  }, [count])

  // What is well again may make itself heard the next time it fails.
  useEffect(() => {
    const still = new Set([...troubles, ...(lostSince !== null ? ['link'] : [])])
    const kept = [...answered].filter((id) => still.has(id))
    if (kept.length !== answered.size) desk.screen.set({ heardTroubles: new Set(kept) })
  })
  return null
}
