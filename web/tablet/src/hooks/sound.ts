/** What the crew hears: an assignment until it is answered; a tick when the centre takes one away or refuses a press. */
import { due, SILENCE, Sounds, type AlertView, type Heard } from '@jedel/ui'
import { useEffect, useRef, useSyncExternalStore } from 'react'

import type { View } from '../work/tablet'

export const sounds = new Sounds()

const CHECK_MS = 250
const CALM_EVERY_MS = 10_000
const BUZZ = [400, 150, 400]

export const useSoundLocked = (): boolean => useSyncExternalStore(sounds.subscribe, () => sounds.locked)

export function useSound(view: View): void {
  const heard = useRef<Heard>(SILENCE)
  const calmAt = useRef(0)
  const job = view.job
  const asking = job?.assignment.status === 'assigned' ? job.incident.id : null
  const grave = job?.incident.priority === 'emergency' || job?.incident.priority === 'urgent'

  useEffect(() => {
    if (!asking) {
      heard.current = SILENCE
      return
    }
    const since = Date.now()
    const sound = (): void => {
      const now = Date.now()
      if (grave) {
        const next = due({ emergenciesSince: [since], trouble: false }, heard.current, now)
        heard.current = next.heard
        if (next.sound) {
          sounds.play(next.sound)
          navigator.vibrate?.(BUZZ)
        }
      } else if (now - calmAt.current >= CALM_EVERY_MS) {
        calmAt.current = now
        for (const wait of [0, 180, 360]) setTimeout(() => sounds.play('message'), wait)
        navigator.vibrate?.(BUZZ[0] ?? 0)
      }
    }
    heard.current = SILENCE
    calmAt.current = 0
    sound()
    const timer = setInterval(sound, CHECK_MS)
    return () => clearInterval(timer)
  }, [asking, grave])

  const told = view.taken.length + view.refusals.length + view.withdrawn.length
  const before = useRef(told)
  useEffect(() => {
    if (told > before.current) sounds.play('trouble')
    before.current = told
  }, [told])
}

const RUNG = 'jedel.rung'
const RUNG_KEPT = 30
const LOOKOUT_BUZZ = [250, 120, 250, 120, 500]
const TWICE_MS = 1_400

/**
 * A car to look out for rings once, however often the page is loaded and wherever the car is seen next. While the
 * browser keeps sounds shut it waits for the first touch.
 */
export function useLookoutSound(alert: AlertView | null, callRings: boolean): void {
  const id = alert?.state === 'unconfirmed' ? alert.id : null
  const locked = useSoundLocked()
  useEffect(() => {
    if (!id || locked) return
    const rung = (localStorage.getItem(RUNG) ?? '').split(' ')
    if (rung.includes(id)) return
    localStorage.setItem(RUNG, [...rung.slice(1 - RUNG_KEPT), id].join(' ').trim())
    navigator.vibrate?.(LOOKOUT_BUZZ)
    if (callRings) return
    sounds.play('lookout')
    const again = setTimeout(() => sounds.play('lookout'), TWICE_MS)
    return () => clearTimeout(again)
  }, [id, locked]) // eslint-disable-line react-hooks/exhaustive-deps -- a call that begins later does not ring it anew
}

/** A dark screen tells nothing: it stays on while the crew is on shift. */
export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !('wakeLock' in navigator)) return
    let lock: WakeLockSentinel | null = null
    const take = (): void => {
      if (document.visibilityState !== 'visible') return
      void navigator.wakeLock.request('screen').then(
        (taken) => {
          lock = taken
        },
        () => undefined, // low battery: the system decides
      )
    }
    take()
    document.addEventListener('visibilitychange', take)
    return () => {
      document.removeEventListener('visibilitychange', take)
      void lock?.release()
    }
  }, [on])
}
