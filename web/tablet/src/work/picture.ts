/**
 * What the tablet shows: the centre's last word, with the officer's own unsent presses laid over it. Pure.
 *
 * The overlay is thrown away as soon as the centre has answered the press, so what the centre says wins;
 * a press that it refused is told to the officer (offline/queue.ts) and is no longer shown as done.
 */
import type { Command } from '../offline/queue'
import { overlayAlerts, takeAlerts } from './alerts'
import type { AlertView, Assignment, Incident, LiveMessage, Step, Unit, UnitStatus } from './types'

/** What the centre last said to this tablet. */
export interface Picture {
  seq: number
  unit: Unit | null
  /** Only those to which this unit is sent. */
  incidents: Incident[]
  /** Those of which this unit was told, open or not; absent in what an earlier version kept. */
  alerts?: AlertView[]
}

/** The centre took a job away, or ended it, without a press on this tablet. */
export interface TakenAway {
  incident: Incident
  why: 'released' | 'closed'
}

export const EMPTY: Picture = { seq: 0, unit: null, incidents: [], alerts: [] }

const ORDER: Step[] = ['assigned', 'en_route', 'on_scene', 'released']
const URGENCY = { emergency: 0, urgent: 1, routine: 2, information: 3 } as const

export const mine = (incident: Incident, unitId: string): Assignment | undefined =>
  incident.assignments.find((each) => each.unit_id === unitId && each.status !== 'released')

/** The live feed's reducer: a snapshot replaces all, an event upserts or takes away. Older events change nothing. */
export function take(picture: Picture, message: LiveMessage, unitId: string): Picture {
  if (message.type === 'ping') return picture
  if (message.type === 'snapshot') {
    const incidents = message.incidents.filter((each) => isOurs(each, unitId))
    return { seq: message.seq, unit: kept(message.unit), incidents, alerts: takeAlerts([], message, unitId) }
  }
  if (message.seq <= picture.seq) return picture
  const unit = kept(message.changed.units?.find((each) => each.id === unitId) ?? picture.unit)
  const byId = new Map(picture.incidents.map((each) => [each.id, each]))
  for (const incident of message.changed.incidents ?? []) byId.set(incident.id, incident)
  for (const id of message.gone.incidents ?? []) byId.delete(id)
  const incidents = [...byId.values()].filter((each) => isOurs(each, unitId))
  return { seq: message.seq, unit, incidents, alerts: takeAlerts(picture.alerts ?? [], message, unitId) }
}

/** To itself a crew is what it last said, not "unavailable" because the centre has not heard it for a while. */
const kept = (unit: Unit | null): Unit | null => unit && { ...unit, status: unit.kept_status }

const isOurs = (incident: Incident, unitId: string): boolean =>
  incident.state !== 'closed' && mine(incident, unitId) !== undefined

/**
 * Jobs that were there before and are not after, and that nobody ended on this tablet.
 *
 * @param endedHere ids of incidents whose result was given on this tablet
 * @param message what brought `after`: its closed or released views say why
 */
export function takenAway(
  before: Picture,
  after: Picture,
  message: LiveMessage,
  endedHere: ReadonlySet<string>,
): TakenAway[] {
  const still = new Set(after.incidents.map((each) => each.id))
  const changed = message.type === 'event' ? (message.changed.incidents ?? []) : []
  return before.incidents
    .filter((each) => !still.has(each.id) && !endedHere.has(each.id))
    .map((incident) => ({
      incident,
      why: changed.some((each) => each.id === incident.id && each.state !== 'closed') ? 'released' : 'closed',
    }))
}

/** Lays the unsent presses over the centre's last word. */
export function overlay(picture: Picture, unsent: readonly Command[], unitId: string): Picture {
  return unsent.reduce((shown, command) => press(shown, command, unitId), picture)
}

function press(picture: Picture, command: Command, unitId: string): Picture {
  const { what } = command
  switch (what) {
    case 'en_route':
    case 'on_scene':
      return {
        ...picture,
        unit: withStatus(picture.unit, what),
        incidents: picture.incidents.map((each) => (each.id === command.incident ? moved(each, unitId, what) : each)),
      }
    case 'result':
      return {
        ...picture,
        unit: withStatus(picture.unit, 'available'),
        incidents: picture.incidents.filter((each) => each.id !== command.incident),
      }
    case 'available':
    case 'busy':
      return { ...picture, unit: withStatus(picture.unit, what) }
    case 'shift_off':
      return { ...picture, unit: picture.unit && { ...picture.unit, status: 'off_shift', shift: null } }
    case 'shift_on':
      return { ...picture, unit: picture.unit && onShift(picture.unit, command) }
    default:
      return { ...picture, alerts: overlayAlerts(picture.alerts ?? [], command, unitId) }
  }
}

const withStatus = (unit: Unit | null, status: UnitStatus): Unit | null => unit && { ...unit, status }

function onShift(unit: Unit, command: Command): Unit {
  const crew = Array.isArray(command.body['crew']) ? command.body['crew'].map(String) : unit.crew
  return { ...unit, status: 'available', crew, shift: { started_at: new Date(command.at).toISOString() } }
}

/** An assignment only goes forward: a late press never takes back what the centre already knows. */
function moved(incident: Incident, unitId: string, to: Step): Incident {
  return {
    ...incident,
    assignments: incident.assignments.map((each) =>
      each.unit_id === unitId && ORDER.indexOf(each.status) < ORDER.indexOf(to) ? { ...each, status: to } : each,
    ),
  }
}

/** The press that comes next, or null when there is none left. */
export function nextStep(status: Step): 'en_route' | 'on_scene' | 'result' | null {
  return ({ assigned: 'en_route', en_route: 'on_scene', on_scene: 'result', released: null } as const)[status]
}

/** The job to show: the most urgent, then the one longest on this unit. */
export function foremost(picture: Picture, unitId: string): { incident: Incident; assignment: Assignment } | null {
  const jobs = picture.incidents.flatMap((incident) => {
    const assignment = mine(incident, unitId)
    return assignment ? [{ incident, assignment }] : []
  })
  jobs.sort(
    (a, b) =>
      URGENCY[a.incident.priority] - URGENCY[b.incident.priority] ||
      a.assignment.assigned_at.localeCompare(b.assignment.assigned_at),
  )
  return jobs[0] ?? null
}
