import { expect, test } from 'vitest'
import { clipped, covering, following, joined, moved, nextIn, SHORTEST_MS, ticks, wanted, zoomed } from '../src/archive/span'

test('parts that follow each other are one', () => {
  expect(joined([{ from: 0, until: 100 }, { from: 1000, until: 1100 }], { from: 150, until: 500 })).toEqual([{ from: 0, until: 500 }, { from: 1000, until: 1100 }])
  expect(joined([], { from: 5, until: 5 })).toEqual([])
})

test('what is wanted next is what is not there', () => {
  const have = [{ from: 1000, until: 9000 }]
  expect(wanted(have, 0, 5000)).toBe(0)
  expect(wanted(have, 2000, 5000)).toBeNull()
  expect(wanted(have, 5000, 5000)).toBe(9000)
  expect(covering(have, 9000)).toBeUndefined()
})

test('the next recorded moment is now or later', () => {
  const parts = [{ from: 10, until: 20 }, { from: 50, until: 60 }]
  expect([nextIn(parts, 0), nextIn(parts, 15), nextIn(parts, 30), nextIn(parts, 60)]).toEqual([10, 15, 50, null])
})

test('the wheel keeps what is under the pointer', () => {
  const view = { from: 0, until: 1_000_000 }
  const nearer = zoomed(view, 0.25, 0.5)
  expect(nearer.from + (nearer.until - nearer.from) * 0.25).toBe(250_000)
  expect(zoomed({ from: 0, until: SHORTEST_MS }, 0.5, 0.1)).toEqual({ from: 0, until: SHORTEST_MS })
  expect(moved(view, 5)).toEqual({ from: 5, until: 1_000_005 })
  expect(clipped([{ from: -5, until: 5 }, { from: 2_000_000, until: 3_000_000 }], view)).toEqual([{ from: 0, until: 5 }])
})

test('the view follows the clock and otherwise stands', () => {
  const view = { from: 0, until: 100_000 }
  expect(following(view, 50_000)).toBe(view)
  expect(following(view, 99_000)).toEqual({ from: 60_000, until: 160_000 })
  expect(following(view, 900_000)).toEqual({ from: 850_000, until: 950_000 })
})

test('the ruler has round local times and days', () => {
  const day = 86_400_000
  const found = ticks({ from: day - 3_600_000, until: day + 3_600_000 }, 10, 5 * 3_600_000)
  expect(found.length).toBeLessThanOrEqual(10)
  expect(found.every((each) => each.at % 60_000 === 0)).toBe(true)
  expect(ticks({ from: 19 * 3_600_000 - 1000, until: 19 * 3_600_000 + 1000 }, 10, 5 * 3_600_000).some((each) => each.day)).toBe(true)
})
