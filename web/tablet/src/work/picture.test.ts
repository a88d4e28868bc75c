import { describe, expect, test } from 'vitest'

import type { Command } from '../offline/queue'
import { EMPTY, foremost, mine, nextStep, overlay, take, takenAway } from './picture'
import type { Assignment, Incident, LiveEvent, Step, Unit } from './types'

const US = 'unit-7'

const assignment = (unit_id: string, status: Step, assigned_at = '2026-11-22T10:00:00Z'): Assignment => ({
  reason: null,
  unit_id,
  call_sign: 'P7',
  status,
  assigned_at,
  en_route_at: null,
  on_scene_at: null,
  released_at: null,
  eta_s: 240,
  metres: 1_900,
  estimated: false,
})

const incident = (id: string, more: Partial<Incident> = {}): Incident =>
  ({
    id,
    region: '00',
    number: 1204,
    class: 'school_alarm',
    priority: 'emergency',
    state: 'dispatched',
    place: {
      lon: 76.9,
      lat: 43.2,
      label: { kk: '№ 12 мектеп', ru: 'Школа № 12', en: 'School 12' },
      site_id: null,
      site: null,
    },
    title: { kk: 'Мектептегі дабыл', ru: 'Тревога в школе', en: 'School alarm' },
    callers: [],
    alarm_ids: [],
    duplicates: [],
    joined_into: null,
    assignments: [assignment(US, 'assigned')],
    times: {} as Incident['times'],
    result: null,
    ...more,
  }) as Incident

const unit: Unit = {
  id: US,
  region: '00',
  call_sign: 'P7',
  kind: 'car',
  vehicle: null,
  crew: [],
  skills: [],
  district: null,
  status: 'assigned',
  kept_status: 'assigned',
  since: '2026-11-22T10:00:00Z',
  silent: false,
  shift: null,
  incident_id: 'a',
}

const event = (seq: number, changed: LiveEvent['changed'], gone: LiveEvent['gone'] = {}): LiveEvent => ({
  type: 'event',
  seq,
  id: String(seq),
  at: '2026-11-22T10:00:01Z',
  kind: 'dispatch.unit_assigned',
  actor: 'account:1',
  changed,
  gone,
})

const press = (what: Command['what'], on: string | null = 'a', body: object = {}): Command => ({
  id: what,
  what,
  path: '',
  body: { id: what, ...body },
  at: Date.parse('2026-11-22T10:05:00Z'),
  incident: on,
  number: 1204,
})

const start = take(EMPTY, { type: 'snapshot', seq: 5, unit, incidents: [incident('a')] }, US)

describe("the centre's word", () => {
  test('a snapshot replaces all and keeps only our own open jobs', () => {
    const all = [
      incident('a'),
      incident('b', { assignments: [assignment('other', 'assigned')] }),
      incident('c', { state: 'closed' }),
    ]
    const picture = take(start, { type: 'snapshot', seq: 9, unit, incidents: all }, US)
    expect(picture.incidents.map((each) => each.id)).toEqual(['a'])
    expect(picture.seq).toBe(9)
  })

  test('an event upserts, and takes away what is closed, released or gone', () => {
    const two = take(start, event(6, { incidents: [incident('b')], units: [{ ...unit, call_sign: 'P8' }] }), US)
    expect(two.incidents.map((each) => each.id)).toEqual(['a', 'b'])
    expect(two.unit?.call_sign).toBe('P8')
    expect(take(two, event(7, { incidents: [incident('b', { state: 'closed' })] }), US).incidents).toHaveLength(1)
    expect(
      take(two, event(7, { incidents: [incident('b', { assignments: [assignment(US, 'released')] })] }), US)
        .incidents,
    ).toHaveLength(1)
    expect(take(two, event(7, {}, { incidents: ['a'] }), US).incidents.map((each) => each.id)).toEqual(['b'])
  })

  test('a crew that the centre has not heard for a while is to itself what it last said', () => {
    const silent: Unit = { ...unit, status: 'unavailable', silent: true, kept_status: 'busy' }
    expect(take(start, event(6, { units: [silent] }), US).unit?.status).toBe('busy')
    expect(take(start, { type: 'snapshot', seq: 9, unit: null, incidents: [] }, US).unit).toBeNull()
  })

  test('an event that came already, and a ping, change nothing; another unit is not ours', () => {
    expect(take(start, event(5, { incidents: [incident('b')] }), US)).toBe(start)
    expect(take(start, { type: 'ping', at: '' }, US)).toBe(start)
    expect(take(start, event(6, { units: [{ ...unit, id: 'other', status: 'busy' }] }), US).unit).toEqual(unit)
  })

  test('a job that the centre took away is named, with why; one that ended here is not', () => {
    const released = event(6, { incidents: [incident('a', { assignments: [assignment(US, 'released')] })] })
    const closed = event(6, { incidents: [incident('a', { state: 'closed' })] })
    const gone = event(6, {}, { incidents: ['a'] })
    expect(takenAway(start, take(start, released, US), released, new Set()).map((each) => each.why)).toEqual([
      'released',
    ])
    expect(takenAway(start, take(start, closed, US), closed, new Set()).map((each) => each.why)).toEqual(['closed'])
    expect(takenAway(start, take(start, gone, US), gone, new Set()).map((each) => each.why)).toEqual(['closed'])
    expect(takenAway(start, take(start, gone, US), gone, new Set(['a']))).toEqual([])
    const again = { type: 'snapshot', seq: 9, unit, incidents: [] } as const
    expect(takenAway(start, take(start, again as never, US), again as never, new Set())).toHaveLength(1)
  })
})

describe('unsent presses laid over it', () => {
  test('move the job forward, never back', () => {
    const shown = overlay(start, [press('en_route'), press('on_scene')], US)
    expect(mine(shown.incidents[0]!, US)?.status).toBe('on_scene')
    expect(shown.unit?.status).toBe('on_scene')
    const ahead = take(
      start,
      event(6, { incidents: [incident('a', { assignments: [assignment(US, 'on_scene')] })] }),
      US,
    )
    expect(mine(overlay(ahead, [press('en_route')], US).incidents[0]!, US)?.status).toBe('on_scene')
    expect(overlay(start, [press('en_route', 'other')], US).incidents).toEqual(start.incidents)
  })

  test('a result ends the job and frees the unit', () => {
    const shown = overlay(start, [press('result')], US)
    expect(shown.incidents).toEqual([])
    expect(shown.unit?.status).toBe('available')
  })

  test('shift on and off, busy and available', () => {
    const on = overlay(start, [press('shift_on', null, { crew: ['Әлия С.'] })], US).unit
    expect([on?.status, on?.crew, on?.shift?.started_at]).toEqual([
      'available',
      ['Әлия С.'],
      '2026-11-22T10:05:00.000Z',
    ])
    expect(overlay(start, [press('shift_on', null)], US).unit?.crew).toEqual([])
    const off = overlay(start, [press('shift_off', null)], US).unit
    expect([off?.status, off?.shift]).toEqual(['off_shift', null])
    expect(overlay(start, [press('busy', null)], US).unit?.status).toBe('busy')
    expect(overlay(start, [press('available', null)], US).unit?.status).toBe('available')
    const nobody = { ...EMPTY }
    const all = (['en_route', 'result', 'busy', 'shift_on', 'shift_off'] as const).map((what) => press(what))
    expect(overlay(nobody, all, US).unit).toBeNull()
  })
})

test('the next press, and the job to show', () => {
  expect((['assigned', 'en_route', 'on_scene', 'released'] as const).map(nextStep)).toEqual([
    'en_route',
    'on_scene',
    'result',
    null,
  ])
  const routine = incident('r', { priority: 'routine' })
  const late = incident('late', { assignments: [assignment(US, 'assigned', '2026-11-22T10:09:00Z')] })
  const early = incident('early')
  expect(foremost({ ...start, incidents: [routine, late, early] }, US)?.incident.id).toBe('early')
  expect(foremost(EMPTY, US)).toBeNull()
  expect(foremost({ ...start, incidents: [incident('x', { assignments: [] })] }, US)).toBeNull()
})
