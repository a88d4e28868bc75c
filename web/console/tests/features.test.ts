import type { Alarm, Device, Incident, Position, Unit } from '@jedel/ui'
import { expect, it } from 'vitest'
import { devicePoints, incidentPoints, routeLine, unitPoints } from '../src/map/features'

const unit = (id: string, part: Partial<Unit> = {}): Unit => ({ id, call_sign: id, status: 'available', silent: false, incident_id: null, ...part }) as Unit
const where = (positions: Position[]) => (id: string) => positions.find((each) => each[0] === id)

it('draws units where they are, with a heading only while they move', () => {
  const positions: Position[] = [['a', 1, 2, 90, 40, ''], ['b', 3, 4, 90, 1, ''], ['c', 5, 6, 90, 40, ''], ['d', 7, 8, null, null, '']]
  const units = [unit('a'), unit('b', { incident_id: 'i' }), unit('c', { silent: true }), unit('d', { status: 'off_shift' }), unit('nowhere')]
  const points = unitPoints(units, where(positions)).features
  expect(points.map((each) => [each.properties!['id'], each.properties!['icon'], each.properties!['heading'], each.properties!['rank']])).toEqual([
    ['a', 'unit-available', 90, 1],
    ['b', 'unit-available', undefined, 2],
    ['c', 'unit-unavailable', undefined, 0],
  ])
  expect(points[0]!.geometry.coordinates).toEqual([1, 2])
})

it('ranks incidents so that a cluster shows its worst', () => {
  const incidents = [
    { id: 'a', number: 1, priority: 'information', state: 'open', place: { lon: 1, lat: 2 } },
    { id: 'b', number: 2, priority: 'emergency', state: 'open', place: { lon: 1, lat: 2 } },
    { id: 'c', number: 3, priority: 'emergency', state: 'closed', place: { lon: 1, lat: 2 } },
  ] as Incident[]
  expect(incidentPoints(incidents, new Set(['b'])).features.map((each) => [each.properties!['rank'], each.properties!['asks']])).toEqual([[1, false], [4, true]])
})

it('never draws a silent device as a clear one', () => {
  const device = (id: string, part: Partial<Device>): Device => ({ id, kind: 'post', name: id, lon: 1, lat: 2, available: true, ...part }) as Device
  const devices = [device('ok', {}), device('lost', { available: false }), device('rings', {}), device('placeless', { lon: null }), device('t', { kind: 'tablet' })]
  const points = devicePoints(devices, [{ device_id: 'rings' } as Alarm]).features
  expect(points.map((each) => [each.properties!['icon'], each.properties!['rank']])).toEqual([['place-post', 0], ['place-post-unavailable', 1], ['place-post', 2]])
})

it('draws no route of a single point', () => {
  expect(routeLine([[1, 2]], false).features).toEqual([])
  expect(routeLine([[1, 2], [3, 4]], true).features).toHaveLength(1)
})
