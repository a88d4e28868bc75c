/** Presses turned into commands of the centre's HTTP API. Pure but for the id. */
import { newId, type AlertAnswer, type RefutedFor } from '@jedel/ui'

import type { Command } from '../offline/queue'
import type { AlertView, Assignment, Incident } from './types'

export type Result = 'resolved' | 'false_alarm' | 'no_offence' | 'handed_over'

/** In the order of the buttons: what happens most is nearest to the thumb. */
export const RESULTS: Result[] = ['resolved', 'false_alarm', 'no_offence', 'handed_over']

const path = (incident: Incident, verb: string): string => `/api/incidents/${incident.id}/${verb}`

export function progress(incident: Incident, unitId: string, status: 'en_route' | 'on_scene', at: number): Command {
  const id = newId()
  return {
    id,
    what: status,
    path: path(incident, 'progress'),
    body: { id, unit_id: unitId, status, at: new Date(at).toISOString() },
    at,
    incident: incident.id,
    number: incident.number,
  }
}

/**
 * The crew's work is done. The last crew closes the incident; one of several only leaves it, with its result
 * as the reason, since it cannot speak for the others.
 *
 * @param said the result in the crew's own words
 */
export function finish(incident: Incident, unitId: string, result: Result, said: string, at: number): Command {
  const id = newId()
  const last = othersAtWork(incident, unitId).length === 0
  return {
    id,
    what: 'result',
    path: path(incident, last ? 'close' : 'release'),
    body: last
      ? { id, result, at: new Date(at).toISOString(), ...(said ? { text: said } : {}) }
      : { id, unit_id: unitId, reason: said || result },
    at,
    incident: incident.id,
    number: incident.number,
  }
}

export const othersAtWork = (incident: Incident, unitId: string): Assignment[] =>
  incident.assignments.filter((each) => each.unit_id !== unitId && each.status !== 'released')

export function shift(unitId: string, on: boolean, crew: string[], at: number): Command {
  const id = newId()
  return {
    id,
    what: on ? 'shift_on' : 'shift_off',
    path: `/api/units/${unitId}/shift`,
    body: { id, on, ...(on ? { crew } : {}) },
    at,
    incident: null,
    number: null,
  }
}

/** @param waits whether the press must wait for a link: only then does its time count more than the centre's */
export function status(unitId: string, what: 'available' | 'busy', at: number, waits: boolean): Command {
  const id = newId()
  return {
    id,
    what,
    path: `/api/units/${unitId}/status`,
    body: { id, status: what, ...(waits ? { at: new Date(at).toISOString() } : {}) },
    at,
    incident: null,
    number: null,
  }
}

/** What the crew saw with its own eyes; a car is confirmed by two looks, at the plate and at the vehicle. */
export function answer(alert: AlertView, said: AlertAnswer, at: number, reason: RefutedFor | null = null): Command {
  const id = newId()
  return {
    id,
    what: `alert_${said}`,
    path: `/api/qorgau/alerts/${alert.id}/answer`,
    body: {
      id,
      answer: said,
      at: new Date(at).toISOString(),
      ...(reason ? { reason } : {}),
      ...(said === 'confirmed' ? { plate_matches: true, vehicle_matches: true } : {}),
    },
    at,
    incident: null,
    number: null,
    alert: { id: alert.id, plate: alert.plate },
  }
}

/**
 * The time to put on a press. The tablet's clock may be wrong, so it is corrected by the centre's, and a press
 * is never earlier than what the officer saw when he pressed.
 *
 * @param offsetMs the centre's clock minus the tablet's
 * @param seen RFC 3339 times of what was on the screen
 */
export function pressedAt(nowMs: number, offsetMs: number, seen: (string | null | undefined)[]): number {
  return Math.max(nowMs + offsetMs, ...seen.map((each) => (each ? Date.parse(each) : 0)))
}
