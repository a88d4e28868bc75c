/** Alerts of number plates as this tablet holds them. Pure. */
import { ALERT_ANSWERS, byGravity, isOpen, type AlertAnswer, type AlertUnit } from '@jedel/ui'

import type { Command } from '../offline/queue'
import type { AlertView, LiveMessage } from './types'

/** The centre took an alert off this tablet: another patrol has it, or there is nothing more to look for. */
export interface Withdrawn {
  alert: AlertView
  why: 'moved' | 'refuted' | 'stopped' | 'lost' | 'ended'
}

export const told = (alert: AlertView, unitId: string): AlertUnit | undefined =>
  alert.units.find((each) => each.unit_id === unitId)

/** One that this crew has lost is no work of its own any more, until the next camera sees the car. */
const isOurs = (alert: AlertView, unitId: string): boolean =>
  isOpen(alert) && alert.state !== 'lost' && told(alert, unitId) !== undefined

/** The alerts after a message: a snapshot replaces all, an event upserts or takes away. */
export function takeAlerts(before: readonly AlertView[], message: LiveMessage, unitId: string): AlertView[] {
  if (message.type === 'ping') return [...before]
  if (message.type === 'snapshot') return (message.alerts ?? []).filter((each) => isOurs(each, unitId))
  const byId = new Map(before.map((each) => [each.id, each]))
  for (const alert of message.changed.alerts ?? []) byId.set(alert.id, alert)
  for (const id of message.gone.alerts ?? []) byId.delete(id)
  return [...byId.values()].filter((each) => isOurs(each, unitId))
}

/**
 * Alerts that were there and are not any more, though nobody ended them on this tablet.
 *
 * @param endedHere ids of alerts that this crew answered for good
 */
export function withdrawn(
  before: readonly AlertView[],
  after: readonly AlertView[],
  message: LiveMessage,
  endedHere: ReadonlySet<string>,
): Withdrawn[] {
  const still = new Set(after.map((each) => each.id))
  const changed = message.type === 'event' ? (message.changed.alerts ?? []) : []
  return before
    .filter((each) => !still.has(each.id) && !endedHere.has(each.id))
    .map((alert) => ({ alert, why: whyGone(changed.find((each) => each.id === alert.id), message) }))
}

function whyGone(now: AlertView | undefined, message: LiveMessage): Withdrawn['why'] {
  // A unit that is told no longer hears only that the alert is gone.
  if (!now) return message.type === 'event' && message.data?.released?.length ? 'moved' : 'ended'
  switch (now.state) {
    case 'refuted':
    case 'stopped':
    case 'lost':
    case 'ended':
      return now.state
    default:
      return 'moved'
  }
}

/** After these words of the crew's it has no more to do with the alert. */
export const isLast = (said: AlertAnswer): boolean => said === 'stopped' || said === 'refuted' || said === 'lost'

/** What a press says of an alert, or null where it speaks of something else. */
export function saidOf(what: Command['what']): AlertAnswer | null {
  return ALERT_ANSWERS.find((each) => what === `alert_${each}`) ?? null
}

/** Lays an unsent answer over the centre's last word. */
export function overlayAlerts(alerts: readonly AlertView[], command: Command, unitId: string): AlertView[] {
  const said = saidOf(command.what)
  if (!said || !command.alert) return [...alerts]
  const id = command.alert.id
  if (isLast(said)) return alerts.filter((each) => each.id !== id)
  return alerts.map((each) =>
    each.id !== id
      ? each
      : {
          ...each,
          state: each.confirmed ? each.state : said,
          confirmed: each.confirmed || said === 'confirmed',
          units: each.units.map((unit) => (unit.unit_id === unitId ? { ...unit, answer: said } : unit)),
        },
  )
}

/** The alert to show: the gravest, then the newest. */
export const foremostAlert = (alerts: readonly AlertView[]): AlertView | null => [...alerts].sort(byGravity)[0] ?? null
