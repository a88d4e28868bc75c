import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'

import type { Answer } from '../offline/queue'
import { open, type Database } from '../offline/store'
import { bearingDeg, metresBetween, toThin, worthKeeping, type Fix } from './batch'
import { keepFix, sendFixes } from './outbox'

const fix = (at: number, lon = 76.9, lat = 43.2): Fix => ({ at, lon, lat })

let db: Database
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  db = await open()
})

describe('which fixes are worth keeping', () => {
  test('the first, a move, and a sign of life while standing; no repeats', () => {
    expect(worthKeeping(null, fix(0))).toBe(true)
    expect(worthKeeping(fix(5_000), fix(5_000, 77))).toBe(false)
    expect(worthKeeping(fix(0), fix(1_000, 77))).toBe(false)
    expect(worthKeeping(fix(0), fix(2_000, 76.9005))).toBe(true)
    expect(worthKeeping(fix(0), fix(14_000))).toBe(false)
    expect(worthKeeping(fix(0), fix(15_000))).toBe(true)
  })
})

describe('no room', () => {
  test('every second one of the older half goes, the first and the newest stay', () => {
    expect(toThin([1, 2, 3], 3)).toEqual([])
    expect(toThin([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 9)).toEqual([2, 4])
  })

  test('hours without a link stay within the bound, from the first fix to the last', async () => {
    for (let n = 0; n < 400; n++) await keepFix(db, fix(n), 50)
    const kept = await db.getAll('fixes')
    expect(kept.length).toBeLessThanOrEqual(50)
    expect(kept[0]?.at).toBe(0)
    expect(kept.slice(-20).map((each) => each.at)).toEqual(Array.from({ length: 20 }, (_, n) => 380 + n))
  })
})

describe('sending', () => {
  test('in batches, oldest first, and nothing is kept after', async () => {
    for (let n = 0; n < 250; n++) await keepFix(db, fix(n))
    const sizes: number[] = []
    const all: number[] = []
    const answered = await sendFixes(db, (fixes) => {
      sizes.push(fixes.length)
      all.push(...fixes.map((each) => each.at))
      return Promise.resolve({ kind: 'taken' })
    })
    expect(answered).toBe(true)
    expect(sizes).toEqual([100, 100, 50])
    expect(all).toEqual(Array.from({ length: 250 }, (_, n) => n))
    expect(await db.count('fixes')).toBe(0)
  })

  test('without a link, or with a centre in trouble, all is kept', async () => {
    await keepFix(db, fix(1))
    expect(await sendFixes(db, () => Promise.resolve({ kind: 'no_link' }))).toBe(false)
    const trouble: Answer = { kind: 'problem', problem: { status: 503, code: 'unavailable', detail: '' } }
    expect(await sendFixes(db, () => Promise.resolve(trouble))).toBe(true)
    expect(await db.count('fixes')).toBe(1)
  })

  test('a fix that the centre calls wrong is given up alone', async () => {
    for (let n = 0; n < 10; n++) await keepFix(db, fix(n))
    const took: number[] = []
    await sendFixes(db, (fixes) => {
      if (fixes.some((each) => each.at === 3)) {
        return Promise.resolve({ kind: 'problem', problem: { status: 422, code: 'outside_map', detail: '' } })
      }
      took.push(...fixes.map((each) => each.at))
      return Promise.resolve({ kind: 'taken' })
    })
    expect(took).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9])
    expect(await db.count('fixes')).toBe(0)
  })
})

test('directions and lengths', () => {
  const here = { lon: 76.9, lat: 43.2 }
  expect(bearingDeg(here, { lon: 76.9, lat: 43.3 })).toBeCloseTo(0, 3)
  expect(bearingDeg(here, { lon: 77.0, lat: 43.2 })).toBeCloseTo(90, 0)
  expect(bearingDeg(here, { lon: 76.8, lat: 43.2 })).toBeCloseTo(270, 0)
  expect(metresBetween(here, { lon: 76.9, lat: 43.3 })).toBeCloseTo(11_119.5, 0)
})
