import { describe, expect, it } from 'vitest'
import { settled } from '../src/cameras/follow/ahead'
import { firstInLine, inLine, onTheWall } from '../src/cameras/school/choose'
import type { Opening, OpeningCamera } from '../src/cameras/types'
import { fitted, LAYOUTS, layoutOf, stepped } from '../src/cameras/wall/layout'
import { nextPlace, put, relaid } from '../src/cameras/wall/tiles'

const camera = (id: string, part: 'site' | 'street' = 'site') => ({ id, part }) as OpeningCamera
const opening = (id: string, level: 'help' | 'lockdown', at: string | null = '2026-11-22T10:00:00Z') =>
  ({ id, level, opened_at: at, cameras: [camera('x')] }) as Opening
const nothing: ReadonlySet<string> = new Set()

describe('whose cameras stand on the wall', () => {
  const help = opening('help', 'help', '2026-11-22T10:00:00Z')
  const later = opening('later', 'help', '2026-11-22T10:01:00Z')
  const lockdown = opening('lockdown', 'lockdown', '2026-11-22T10:02:00Z')

  it('is the first, and it stays when another school calls for help', () => {
    expect(firstInLine([help], null, nothing)?.id).toBe('help')
    expect(firstInLine([later, help], 'later', nothing)?.id).toBe('later')
  })
  it('is a lockdown as soon as there is one, and never the other way round', () => {
    expect(firstInLine([help, lockdown], 'help', nothing)?.id).toBe('lockdown')
    expect(firstInLine([help, lockdown], 'lockdown', nothing)?.id).toBe('lockdown')
    expect(inLine([later, help, lockdown]).map((each) => each.id)).toEqual(['lockdown', 'help', 'later'])
  })
  it('is a lockdown that came first before one that came later', () => {
    const second = opening('second', 'lockdown', '2026-11-22T10:03:00Z')
    expect(firstInLine([second, lockdown], 'lockdown', nothing)?.id).toBe('lockdown')
  })
  it('is none that was put away, asked for only, or without a camera', () => {
    expect(firstInLine([help], 'help', new Set(['help']))).toBeNull()
    expect(firstInLine([opening('asked', 'help', null), { ...help, cameras: [] }], null, nothing)).toBeNull()
  })
})

describe('the first sixteen', () => {
  const many = Array.from({ length: 20 }, (_, i) => camera(`s${i}`))
  const streets = Array.from({ length: 5 }, (_, i) => camera(`t${i}`, 'street'))
  it('leave three to the streets where both are many', () => {
    const ids = onTheWall([...many, ...streets]).map((each) => each.id)
    expect(ids).toHaveLength(16)
    expect(ids.slice(13)).toEqual(['t0', 't1', 't2'])
  })
  it('are all there are where they are few', () => {
    expect(onTheWall([...many.slice(0, 4), ...streets])).toHaveLength(9)
    expect(onTheWall(many)).toHaveLength(16)
  })
})

describe('layouts', () => {
  it('cover their grid once', () => {
    for (const layout of LAYOUTS) {
      const area = layout.cells.reduce((sum, [, , wide, high]) => sum + wide * high, 0)
      expect(area, layout.id).toBe(layout.columns * layout.rows)
      expect(layout.cells.length).toBeLessThanOrEqual(16)
    }
  })
  it('are chosen so that tiles are as large as they go', () => {
    expect(fitted(16, 1600, 900).columns).toBe(4)
    expect(fitted(16, 540, 900).columns).toBe(2)
    expect(fitted(1, 540, 900).cells).toHaveLength(1)
  })
  it('lead an arrow to the neighbour', () => {
    const four = layoutOf('4')
    expect(stepped(four, 0, 'ArrowRight', 4)).toBe(1)
    expect(stepped(four, 0, 'ArrowDown', 4)).toBe(2)
    expect(stepped(four, 0, 'ArrowLeft', 4)).toBe(0)
    expect(stepped(layoutOf('1+5'), 0, 'ArrowRight', 6)).toBeGreaterThan(0)
  })
})

describe('tiles', () => {
  it('keep what has room in another layout', () => {
    expect(relaid(['a', null, 'b', null, 'c', 'd'], '4')).toEqual(['a', 'c', 'b', 'd'])
    expect(relaid(['a'], '4')).toEqual(['a', null, null, null])
  })
  it('change places when one is put on another', () => {
    expect(put(['a', 'b', null, null], 2, 'a')).toEqual([null, 'b', 'a', null])
    expect(put(['a', 'b', null, null], 1, 'a')).toEqual(['b', 'a', null, null])
  })
  it('are filled where there is room', () => {
    expect(nextPlace(['a', null], 1)).toBe(1)
    expect(nextPlace(['a', null], 0)).toBe(1)
    expect(nextPlace(['a', 'b'], 1)).toBe(1)
  })
  it('of a drive keep the cameras that are still ahead where they are', () => {
    expect(settled([null, null], ['a', 'b'])).toEqual(['a', 'b'])
    expect(settled(['a', 'b'], ['b', 'c'])).toEqual(['c', 'b'])
    expect(settled(['a', 'b'], [])).toEqual([null, null])
  })
})
