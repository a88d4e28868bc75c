import { expect, test } from 'vitest'

import { advance } from '../positions/source'
import { finish, pressedAt, progress, shift, status } from './commands'
import { ahead, straight, type Route } from './route'
import type { Incident } from './types'

/** East 1 km along a parallel, then north 1 km. */
const route: Route = {
  line: [
    [76.9, 43.2],
    [76.91235, 43.2],
    [76.91235, 43.209],
  ],
  seconds: 200,
  metres: 2_000,
  estimated: false,
}

test('what is left of the route counts from the point beside the car', () => {
  expect(ahead(route, { lon: 76.9, lat: 43.2 })).toMatchObject({ seconds: 200, metres: 2_000, off_m: 0 })
  const half = ahead(route, { lon: 76.9125, lat: 43.2001 })
  expect(half.metres).toBeGreaterThan(970)
  expect(half.metres).toBeLessThan(1_010)
  expect(half.off_m).toBeLessThan(15)
  expect(half.line).toHaveLength(2)
  const arrived = ahead(route, { lon: 76.91235, lat: 43.209 })
  expect([arrived.metres, arrived.seconds]).toEqual([0, 0])
  expect(ahead(route, { lon: 76.9, lat: 43.22 }).off_m).toBeGreaterThan(1_000)
  expect(ahead({ ...route, line: [] }, { lon: 76.9, lat: 43.2 }).line).toEqual([])
  expect(straight({ lon: 76.9, lat: 43.2 }, { lon: 76.91235, lat: 43.2 }).bearing).toBeCloseTo(90, 1)
})

test('the demonstration car keeps to the line and stops at its end', () => {
  const line = route.line.map(([lon, lat]) => ({ lon, lat }))
  const first = advance({ lon: 76.9, lat: 43.2 }, line, 500)
  expect(first.here.lon).toBeCloseTo(76.90617, 4)
  const second = advance(first.here, first.ahead, 1_000)
  expect(second.here.lat).toBeGreaterThan(43.203)
  expect(advance(second.here, second.ahead, 10_000)).toEqual({ here: { lon: 76.91235, lat: 43.209 }, ahead: [] })
})

const incident = (others: { unit_id: string; status: 'on_scene' | 'released' }[]): Incident =>
  ({ id: 'i', number: 7, assignments: [{ unit_id: 'us', status: 'on_scene' }, ...others] }) as unknown as Incident

test('a press is a command of the API with one id, its time and its words', () => {
  const go = progress(incident([]), 'us', 'en_route', 0)
  expect(go.path).toBe('/api/incidents/i/progress')
  expect(go.body).toEqual({ id: go.id, unit_id: 'us', status: 'en_route', at: '1970-01-01T00:00:00.000Z' })
  expect(shift('us', true, ['А'], 0).body).toMatchObject({ on: true, crew: ['А'] })
  expect(shift('us', false, ['А'], 0).body).not.toHaveProperty('crew')
  expect(status('us', 'busy', 0, false).path).toBe('/api/units/us/status')
  expect(status('us', 'busy', 0, false).body).not.toHaveProperty('at')
  expect(status('us', 'busy', 0, true).body).toHaveProperty('at')
})

test('the last crew closes, one of several only leaves', () => {
  const last = finish(incident([{ unit_id: 'b', status: 'released' }]), 'us', 'resolved', '', 0)
  expect([last.path, last.body['result'], 'text' in last.body]).toEqual(['/api/incidents/i/close', 'resolved', false])
  const several = finish(incident([{ unit_id: 'b', status: 'on_scene' }]), 'us', 'resolved', 'all calm', 0)
  expect([several.path, several.body['reason']]).toEqual(['/api/incidents/i/release', 'all calm'])
})

test('a press is never earlier than what was on the screen', () => {
  const seen = '2026-11-22T10:00:05.500Z'
  expect(pressedAt(Date.parse('2026-11-22T10:00:00Z'), 2_000, [seen, null])).toBe(Date.parse(seen))
  expect(pressedAt(Date.parse('2026-11-22T10:00:00Z'), 9_000, [seen])).toBe(Date.parse('2026-11-22T10:00:09Z'))
})
