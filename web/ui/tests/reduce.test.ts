import { describe, expect, it } from 'vitest'
import { type EventMessage, fromSnapshot, NOTHING, type Picture, reduce, type SnapshotMessage } from '../src/live/reduce'

const snapshot: SnapshotMessage = {
  type: 'snapshot',
  region: '00',
  seq: 7,
  collections: { units: [{ id: 'u1' }, { id: 'u2' }], incidents: [], alarms: [] },
}
const event = (seq: number, changed: EventMessage['changed'], gone?: EventMessage['gone']): EventMessage => ({
  type: 'event', seq, id: `e${seq}`, at: '2026-11-22T10:00:00Z', region: '00', kind: 'x.y', subject: null, actor: 'system:test', data: {}, changed, gone,
})
const plain = (picture: Picture) =>
  Object.fromEntries(Object.entries(picture.collections).map(([name, objects]) => [name, [...objects.values()].sort((a, b) => a.id.localeCompare(b.id))]))

describe('reduce', () => {
  const start = fromSnapshot(snapshot)

  it('puts what changed, takes what is gone, and moves on by one', () => {
    const first = reduce(start, event(8, { units: [{ id: 'u2', status: 'busy' } as never, { id: 'u3' }] }))
    const second = reduce(first.picture, event(9, { incidents: [{ id: 'i1' }] }, { units: ['u1'] }))
    expect(second).toMatchObject({ outcome: 'applied', picture: { seq: 9, region: '00' } })
    expect(plain(second.picture)).toEqual({ units: [{ id: 'u2', status: 'busy' }, { id: 'u3' }], incidents: [{ id: 'i1' }], alarms: [] })
  })
  it('leaves untouched collections the same object, so that nothing is drawn for nothing', () => {
    const { picture } = reduce(start, event(8, { incidents: [{ id: 'i1' }] }))
    expect(picture.collections['units']).toBe(start.collections['units'])
    expect(picture.collections['incidents']).not.toBe(start.collections['incidents'])
  })
  it('passes over an event that was applied before', () => {
    expect(reduce(start, event(7, { units: [{ id: 'u9' }] }))).toEqual({ picture: start, outcome: 'old' })
  })
  it('stops at a gap and keeps the picture', () => {
    expect(reduce(start, event(9, { units: [{ id: 'u9' }] }))).toEqual({ picture: start, outcome: 'gap' })
    expect(reduce(NOTHING, event(8, {})).outcome).toBe('gap')
  })
  it('takes a collection that the snapshot did not name', () => {
    expect(plain(reduce(start, event(8, { closures: [{ id: 'c1' }] })).picture)['closures']).toEqual([{ id: 'c1' }])
  })
  it('needs neither changed nor gone', () => {
    expect(reduce(start, event(8, undefined)).picture.seq).toBe(8)
  })
})
