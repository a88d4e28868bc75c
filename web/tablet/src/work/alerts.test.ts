import { describe, expect, test } from 'vitest'

import { foremostAlert, isLast, overlayAlerts, saidOf, takeAlerts, told, withdrawn } from './alerts'
import { answer } from './commands'
import { EMPTY, overlay, take } from './picture'
import type { AlertView, LiveEvent, LiveSnapshot } from './types'

const US = 'unit-7'

const alert = (id: string, more: Partial<AlertView> = {}): AlertView =>
  ({
    id,
    plate: '123ABC02',
    state: 'unconfirmed',
    confirmed: false,
    priority: 1,
    action: 'stop',
    grounds: [{ code: 'wanted', score: 90, entry_id: null, why: null, source: null, as_of: null }],
    units: [
      {
        unit_id: US,
        call_sign: 'P7',
        minutes_left: 4,
        meet: { lon: 76.9, lat: 43.2, label: '', compass: null, street: '' },
        meets_at: '2026-11-22T10:04:00Z',
        chance: 0.7,
        told_at: '2026-11-22T10:00:00Z',
        answer: null,
      },
    ],
    opened_at: '2026-11-22T10:00:00Z',
    ...more,
  }) as AlertView

const event = (seq: number, changed: AlertView[], gone: string[] = []): LiveEvent => ({
  type: 'event',
  seq,
  id: `e${seq}`,
  at: '2026-11-22T10:00:05Z',
  kind: 'qorgau.alert_raised',
  actor: 'system:qorgau',
  changed: { alerts: changed },
  gone: { alerts: gone },
})

describe('alerts of this unit', () => {
  test('a snapshot replaces all, an event upserts, another unit’s are not ours', () => {
    const snapshot: LiveSnapshot = { type: 'snapshot', seq: 4, unit: null, incidents: [], alerts: [alert('a')] }
    const first = take(EMPTY, snapshot, US)
    expect(first.alerts?.map((each) => each.id)).toEqual(['a'])
    const second = take(first, event(5, [alert('b'), alert('c', { units: [] })]), US)
    expect(second.alerts?.map((each) => each.id)).toEqual(['a', 'b'])
    expect(take(second, event(6, [], ['a']), US).alerts?.map((each) => each.id)).toEqual(['b'])
  })

  test('a snapshot of a centre that knows no alerts has none', () => {
    expect(takeAlerts([alert('a')], { type: 'snapshot', seq: 1, unit: null, incidents: [] }, US)).toEqual([])
    expect(takeAlerts([alert('a')], { type: 'ping' }, US)).toHaveLength(1)
  })

  test('why it was taken away is said', () => {
    const before = [alert('a')]
    const why = (now: AlertView[], gone: string[] = []) => withdrawn(before, [], event(9, now, gone), new Set())[0]?.why
    expect(why([alert('a', { units: [] })])).toBe('moved')
    expect(why([alert('a', { state: 'refuted' })])).toBe('refuted')
    expect(why([alert('a', { state: 'stopped' })])).toBe('stopped')
    expect(why([alert('a', { state: 'lost' })])).toBe('lost')
    expect(why([alert('a', { state: 'ended' })])).toBe('ended')
    expect(why([], ['a'])).toBe('ended')
    const released = { ...event(9, [], ['a']), data: { released: [US] } }
    expect(withdrawn(before, [], released, new Set())[0]?.why).toBe('moved')
  })

  test('what this crew ended is not said again', () => {
    expect(withdrawn([alert('a')], [], event(9, [], ['a']), new Set(['a']))).toEqual([])
    expect(withdrawn([alert('a')], [alert('a')], event(9, []), new Set())).toEqual([])
  })
})

describe('answers', () => {
  test('an unsent answer is shown as given, the last ones end it', () => {
    const at = Date.parse('2026-11-22T10:01:00Z')
    const shown = overlayAlerts([alert('a')], answer(alert('a'), 'seen', at), US)
    expect(shown[0]?.state).toBe('seen')
    expect(told(shown[0]!, US)?.answer).toBe('seen')
    for (const said of ['stopped', 'refuted', 'lost'] as const) {
      expect(overlayAlerts([alert('a'), alert('b')], answer(alert('a'), said, at), US).map((each) => each.id)).toEqual(['b'])
      expect(isLast(said)).toBe(true)
    }
    expect(overlay({ ...EMPTY, alerts: [alert('a')] }, [answer(alert('a'), 'confirmed', at)], US).alerts?.[0]?.state).toBe('confirmed')
  })

  test('an answer never takes back what another confirmed', () => {
    const confirmed = alert('a', { state: 'confirmed', confirmed: true })
    expect(overlayAlerts([confirmed], answer(confirmed, 'seen', 0), US)[0]?.state).toBe('confirmed')
  })

  test('a confirmation says both looks, a refusal its reason', () => {
    expect(answer(alert('a'), 'confirmed', 0).body).toMatchObject({ answer: 'confirmed', plate_matches: true, vehicle_matches: true })
    expect(answer(alert('a'), 'refuted', 0, 'other_vehicle').body).toMatchObject({ answer: 'refuted', reason: 'other_vehicle' })
    expect(saidOf(answer(alert('a'), 'lost', 0).what)).toBe('lost')
    expect(saidOf('en_route')).toBeNull()
  })

  test('the gravest is shown first', () => {
    const calm = alert('calm', { action: 'inform', opened_at: '2026-11-22T10:05:00Z' })
    expect(foremostAlert([calm, alert('grave')])?.id).toBe('grave')
    expect(foremostAlert([])).toBeNull()
  })
})
