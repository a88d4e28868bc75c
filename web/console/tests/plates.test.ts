import type { AlertView, PlateRead, Position } from '@jedel/ui'
import { describe, expect, it } from 'vitest'
import { drawAlert, wedge } from '../src/plates/alerts/drawing'
import { drawReads } from '../src/plates/search/drawing'
import { bodyOf } from '../src/plates/search/searching'
import { wayOf } from '../src/plates/way'

const camera = (number: number, lon: number, lat: number) => ({ number, id: `c${number}`, name: `Камера ${number}`, lon, lat, heading: 90 })
const read = (id: string, number: number, at: string, more: Partial<PlateRead> = {}): PlateRead =>
  ({ id, plate: '123ABC02', at, camera: camera(number, 76.9 + number / 100, 43.2), heading: 90, ...more }) as PlateRead
const WORDS = { first: 'first', second: 'second', minutes: (seconds: number) => `${seconds}s` }
const NOW = Date.parse('2026-11-22T10:00:00Z')

const alert = (more: Partial<AlertView> = {}): AlertView =>
  ({
    id: 'a',
    read: read('r2', 2, '2026-11-22T09:59:00Z'),
    passings: [1, 2].map((n) => ({ read_id: `r${n}`, at: `2026-11-22T09:5${n}:00Z`, camera: camera(n, 76.9 + n / 100, 43.2), heading: 90 })),
    pair: null,
    units: [{ unit_id: 'u', call_sign: 'P17', meets_at: '2026-11-22T10:03:00Z', meet: { lon: 76.95, lat: 43.21, label: '', compass: null, street: '' } }],
    ...more,
  }) as AlertView

describe('an alert on the map', () => {
  it('opens a wedge the way the car drove', () => {
    const ring = wedge([76.9, 43.2], 90, 1_000)
    expect(ring[0]).toEqual([76.9, 43.2])
    expect(ring.at(-1)).toEqual(ring[0])
    expect(ring.slice(1, -1).every(([lon]) => lon > 76.9)).toBe(true)
    expect(ring[5]![1]).toBeCloseTo(43.2, 5)
  })
  it('shows the way that it came, and each patrol with its seconds', () => {
    const at: Position = ['u', 76.96, 43.22, null, null, '']
    const drawn = drawAlert(alert(), () => at, NOW, WORDS)
    expect(drawn.lines.map((each) => each.kind)).toEqual(['passed', 'ahead'])
    expect(drawn.spots.some((each) => each.label === 'P17 · 180s')).toBe(true)
    expect(drawn.fit.points).toContainEqual([76.96, 43.22])
  })
  it('joins the two places of one plate, and does not make one way of two cars', () => {
    const pair = { before: read('r1', 1, '2026-11-22T09:58:30Z'), metres: 8_000, seconds: 30, fastest_s: 400 }
    const drawn = drawAlert(alert({ pair, units: [] }), () => undefined, NOW, WORDS)
    expect(drawn.lines.map((each) => each.kind)).toEqual(['apart'])
    expect(drawn.spots.map((each) => each.label).filter(Boolean)).toEqual(['second: Камера 2', 'first: Камера 1'])
  })
})

describe('reads on the map', () => {
  const [a, b, c] = [read('a', 1, '2026-11-22T09:01:00Z'), read('b', 2, '2026-11-22T09:05:00Z'), read('c', 2, '2026-11-22T09:06:00Z')]
  it('are one sign for each camera, and one way for one plate', () => {
    const drawn = drawReads([c, b, a], null, 's')
    expect(drawn.spots.map((each) => each.label)).toEqual(['Камера 2 · 2', 'Камера 1'])
    expect(drawn.lines).toEqual([{ kind: 'passed', points: [[a.camera.lon, 43.2], [b.camera.lon, 43.2]] }])
  })
  it('of several plates have no way', () => expect(drawReads([a, { ...b, plate: '777KZA01' }], a, 's').lines).toEqual([]))
})

describe('what is sent', () => {
  const kase = { incident: null, caseNumber: '26-7501', purpose: 'crime' }
  it('says for what, and pages by the time of the last read', () => {
    const question = { by: 'plate', plate: '123?BC02', near_misses: false, cameras: [], since: null, until: null } as const
    expect(bodyOf({ id: 'x', question: { ...question, cameras: [] }, case: kase }, '2026-11-22T09:00:00Z')).toEqual({
      id: 'x', purpose: 'crime', case_number: '26-7501', limit: 100, plate: '123?BC02', near_misses: false, cameras: [], before: '2026-11-22T09:00:00Z',
    })
  })
  it('asks for two places with the time between them', () => {
    const question = { by: 'two_places', a: { cameras: [1] }, b: { cameras: [2] }, within_s: 600, since: '2026-11-22T00:00:00Z', until: null } as const
    expect(bodyOf({ id: 'x', question: { ...question, a: { cameras: [1] }, b: { cameras: [2] } }, case: kase }, null)).toEqual({
      id: 'x', purpose: 'crime', case_number: '26-7501', limit: 100, since: '2026-11-22T00:00:00Z', a: { cameras: [1] }, b: { cameras: [2] }, within_s: 600,
    })
  })
})

it.each([[0, 0], [44, 1], [359, 0], [-90, 6], [180, 4]])('%d degrees are wind %d', (degrees, wind) => expect(wayOf(degrees)).toBe(wind))
