import { type Alarm, begins, type EventMessage, livePaths, settles, watchAhead } from '@jedel/ui'
import type { Opening } from '../types'
import { firstInLine, onTheWall } from './choose'

/** An alarm's cameras are opened a moment after it, and their tiles are there a moment after that. */
const NEXT_WITHIN_MS = 1_000

/** What the wall of a screen will show next, and whether it shows any. */
export interface Stage {
  openings: Opening[]
  away: ReadonlySet<string>
  shows: boolean
}

/**
 * The moment an event comes, before anything is drawn because of it: with an alarm at a site its pictures begin, and
 * from there on the map stands still; with the opening of its cameras the first of them is asked for.
 */
export function hearAhead(event: EventMessage, stage: Stage): void {
  if (event.kind === 'alarms.raised') {
    const alarms = (event.changed?.['alarms'] ?? []) as Alarm[]
    if (alarms.some((alarm) => alarm.site && alarm.state === 'open')) hold()
  }
  if (event.kind !== 'cameras.opened' || !stage.shows) return
  const opened = (event.changed?.['openings'] ?? []) as Opening[]
  const next = firstInLine(stage.openings, null, stage.away)
  if (!next || !opened.some((each) => each.id === next.id)) return
  hold()
  const camera = onTheWall(next.cameras)[0]
  if (camera) watchAhead(livePaths(camera.id, 'sub', { incident: next.incident_id }).live)
}

/** Pictures begin, though none of them has asked yet. */
function hold(): void {
  const next = {}
  begins(next)
  setTimeout(() => settles(next), NEXT_WITHIN_MS)
}
