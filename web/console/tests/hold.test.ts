import { describe, expect, it } from 'vitest'
import { HOLD_MS, mayPress, REST_MS, settle } from '../src/card/hold'

const offers = (...ids: string[]) => ids.map((unit_id) => ({ unit_id, eta_s: ids.indexOf(unit_id) }))
const ids = (shown: { offers: { unit_id: string }[] }) => shown.offers.map((each) => each.unit_id)

describe('the order of offers', () => {
  const shown = { offers: offers('a', 'b', 'c'), since: 1000 }

  it('holds while cars move, with new figures', () => {
    const next = settle(shown, [{ unit_id: 'b', eta_s: 5 }, { unit_id: 'a', eta_s: 9 }, { unit_id: 'c', eta_s: 11 }], 1000 + HOLD_MS - 1)
    expect(ids(next)).toEqual(['a', 'b', 'c'])
    expect(next.offers[0]).toEqual({ unit_id: 'a', eta_s: 9 })
    expect(next.since).toBe(1000)
  })

  it('changes when it has stood long enough', () => {
    const next = settle(shown, offers('b', 'a', 'c'), 1000 + HOLD_MS)
    expect(ids(next)).toEqual(['b', 'a', 'c'])
    expect(next.since).toBe(1000 + HOLD_MS)
  })

  it('changes at once when one of its units can no longer go', () => {
    expect(ids(settle(shown, offers('b', 'c', 'd'), 1001))).toEqual(['b', 'c', 'd'])
  })

  it('may be pressed at once when it is the first', () => {
    expect(mayPress(settle({ offers: [], since: 0 }, offers('a'), 5000), 5000)).toBe(true)
  })

  it('does not begin anew when nothing moved', () => {
    expect(settle(shown, offers('a', 'b', 'c'), 99_000).since).toBe(1000)
  })

  it('lets no digit through right after a change', () => {
    expect(mayPress(shown, 1000 + REST_MS - 1)).toBe(false)
    expect(mayPress(shown, 1000 + REST_MS)).toBe(true)
  })
})
