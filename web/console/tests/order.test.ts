import type { Alarm, Incident } from '@jedel/ui'
import { describe, expect, it } from 'vitest'
import { age, queueRows, stays } from '../src/queue/order'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString()
const incident = (id: string, part: Partial<Incident> & { second?: number }): Incident =>
  ({
    id, priority: 'urgent', state: 'open', alarm_ids: [], assignments: [],
    times: { received: at(part.second ?? 0) }, ...part,
  }) as unknown as Incident
const alarm = (id: string, part: Partial<Alarm> = {}): Alarm => ({ id, state: 'open', test: false, priority: 'emergency', ...part }) as Alarm
const sent = [{ unit_id: 'u', status: 'assigned' }] as Incident['assignments']
const words = (incidents: Incident[], alarms: Alarm[] = []) =>
  queueRows(incidents, alarms).map((row) =>
    row.kind === 'group' ? `${row.priority} ${row.count}/${row.waiting}` : row.kind === 'alarm' ? `alarm ${row.alarm.id}` : row.item.incident.id,
  )

describe('queueRows', () => {
  it('groups by priority, the gravest first, and leaves empty groups out', () => {
    expect(words([incident('a', { priority: 'routine' }), incident('b', { priority: 'emergency' })])).toEqual(['emergency 1/1', 'b', 'routine 1/1', 'a'])
  })
  it('puts unanswered before waiting before sent, each oldest first', () => {
    const some = [
      incident('sent', { second: 0, state: 'dispatched', assignments: sent }),
      incident('young', { second: 9 }),
      incident('old', { second: 5 }),
      incident('asks', { second: 20, alarm_ids: ['x'] }),
    ]
    expect(words(some, [alarm('x')])).toEqual(['urgent 4/3', 'asks', 'old', 'young', 'sent'])
  })
  it('counts one whose units were all released as waiting', () => {
    const released = [{ unit_id: 'u', status: 'released' }] as Incident['assignments']
    expect(words([incident('a', { assignments: released })])).toEqual(['urgent 1/1', 'a'])
  })
  it('shows an alarm that has no incident yet, but no test and no answered one', () => {
    const alarms = [alarm('bare'), alarm('test', { test: true }), alarm('done', { state: 'acknowledged' })]
    expect(words([], alarms)).toEqual(['emergency 1/1', 'alarm bare'])
  })
  it('leaves closed ones out', () => expect(words([incident('a', { state: 'closed' })])).toEqual([]))
})

describe('stays', () => {
  it('keeps the graver, though it is younger', () => {
    const [old, grave] = [incident('old', { second: 1 }), incident('grave', { second: 9, priority: 'emergency' })]
    expect([stays(old, grave).id, stays(grave, old).id]).toEqual(['grave', 'grave'])
  })
  it('keeps the older of two alike', () => {
    const [old, young] = [incident('old', { second: 1 }), incident('young', { second: 9 })]
    expect([stays(old, young).id, stays(young, old).id]).toEqual(['old', 'old'])
  })
})

describe('age', () => {
  const now = Date.parse(at(30))
  it('fills by the target', () => expect(age(at(0), now)).toEqual({ part: 0.5, late: false }))
  it('is late after it', () => expect(age(at(0), now, 20)).toEqual({ part: 1, late: true }))
  it('is empty for a clock that runs ahead', () => expect(age(at(59), now)).toEqual({ part: 0, late: false }))
})
