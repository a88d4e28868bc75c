/** The order of the queue: by priority, unanswered first, then those that wait for a unit, oldest first. */
import { type Alarm, type Incident, PRIORITIES, type Priority } from '@jedel/ui'

/** The field holds itself to dispatch within 60 s of the answer; the age bar fills by then. */
export const DISPATCH_WITHIN_S = 60
export const ANSWER_WITHIN_S = 10

export interface QueueItem {
  incident: Incident
  /** Open alarms of this incident that nobody has acknowledged. */
  unanswered: Alarm[]
  waiting: boolean
}
export type Row =
  | { kind: 'group'; priority: Priority; count: number; waiting: number }
  | { kind: 'incident'; item: QueueItem }
  | { kind: 'alarm'; alarm: Alarm }

/** No unit is on its way or there. */
export function isWaiting(incident: Incident): boolean {
  return incident.state === 'open' && !incident.assignments.some((each) => each.status !== 'released')
}

export function receivedAt(incident: Incident): string {
  return incident.times.received ?? incident.times.opened ?? new Date(0).toISOString()
}

export function queueRows(incidents: Incident[], alarms: Alarm[]): Row[] {
  const open = new Map(alarms.filter((each) => each.state === 'open' && !each.test).map((each) => [each.id, each]))
  const linked = new Set<string>()
  const items = incidents.filter((each) => each.state !== 'closed').map((incident): QueueItem => {
    for (const id of incident.alarm_ids) linked.add(id)
    const unanswered = incident.alarm_ids.flatMap((id) => open.get(id) ?? [])
    return { incident, unanswered, waiting: isWaiting(incident) }
  })
  // For an instant an alarm is there before its incident: it must be on the screen all the same.
  const alone = Array.from(open.values()).filter((each) => !linked.has(each.id))
  return PRIORITIES.flatMap((priority): Row[] => {
    const mine = items.filter((each) => each.incident.priority === priority).sort(before)
    const bare = alone.filter((each) => each.priority === priority)
    if (mine.length + bare.length === 0) return []
    return [
      { kind: 'group', priority, count: mine.length + bare.length, waiting: bare.length + mine.filter((each) => each.waiting).length },
      ...bare.map((alarm): Row => ({ kind: 'alarm', alarm })),
      ...mine.map((item): Row => ({ kind: 'incident', item })),
    ]
  })
}

function before(a: QueueItem, b: QueueItem): number {
  const rank = (item: QueueItem) => (item.unanswered.length > 0 ? 0 : item.waiting ? 1 : 2)
  return rank(a) - rank(b) || Date.parse(receivedAt(a.incident)) - Date.parse(receivedAt(b.incident))
}

/** Of two that may be the same event, the one that stays: the graver, else the one received first. */
export function stays(a: Incident, b: Incident): Incident {
  const rank = PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority)
  return (rank || Date.parse(receivedAt(a)) - Date.parse(receivedAt(b))) <= 0 ? a : b
}

/** How full the age bar is, 0 to 1, and whether the target is missed. */
export function age(fromIso: string, nowMs: number, targetSeconds = DISPATCH_WITHIN_S): { part: number; late: boolean } {
  const seconds = Math.max(0, (nowMs - Date.parse(fromIso)) / 1000)
  return { part: Math.min(1, seconds / targetSeconds), late: seconds > targetSeconds }
}
