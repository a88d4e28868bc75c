import { expect, test } from 'vitest'
import { boxOf, fresh, LEAST, pressed, resized, shifted } from '../src/cameras/admin/masks'
import type { Corner } from '../src/cameras/admin/types'

const square: Corner[] = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]
const kite: Corner[] = [[0.5, 0.1], [0.7, 0.3], [0.5, 0.9], [0.3, 0.3]]

test('a mask added by a key lies in the middle, the next beside it', () => {
  expect(fresh([])).toEqual(square)
  const second = fresh([square])
  expect(boxOf(second)).toEqual({ left: 0.45, top: 0.45, width: 0.2, height: 0.2 })
  let all: Corner[][] = []
  for (let i = 0; i < 16; i++) all = [...all, fresh(all)]
  for (const each of all.flat(2)) expect(each >= 0 && each <= 1).toBe(true)
})

test('arrows move it, and the edge of the picture stops it whole', () => {
  expect(pressed(square, 'ArrowRight', false)).toEqual([[0.41, 0.4], [0.61, 0.4], [0.61, 0.6], [0.41, 0.6]])
  expect(pressed(square, 'ArrowUp', false)).toEqual([[0.4, 0.39], [0.6, 0.39], [0.6, 0.59], [0.4, 0.59]])
  let moved = kite
  for (let i = 0; i < 200; i++) moved = pressed(moved, 'ArrowLeft', false) ?? []
  expect(boxOf(moved)).toEqual({ ...boxOf(kite), left: 0 })
  expect(boxOf(shifted(kite, 5, 5))).toEqual({ left: 0.6, top: 0.2, width: 0.4, height: 0.8 })
})

test('arrows with Shift make it larger and smaller, its upper left corner stays', () => {
  expect(pressed(square, 'ArrowRight', true)).toEqual([[0.4, 0.4], [0.61, 0.4], [0.61, 0.6], [0.4, 0.6]])
  expect(boxOf(resized(square, 5, 5))).toEqual({ left: 0.4, top: 0.4, width: 0.6, height: 0.6 })
  let less = square
  for (let i = 0; i < 100; i++) less = pressed(pressed(less, 'ArrowLeft', true) ?? [], 'ArrowUp', true) ?? []
  expect(boxOf(less)).toEqual({ left: 0.4, top: 0.4, width: LEAST, height: LEAST })
  const back = resized(resized(kite, 0.1, 0.1), -0.1, -0.1)
  back.flat().forEach((each, i) => expect(each).toBeCloseTo(kite.flat()[i]!, 2))
})

test('it is deleted by Delete and Backspace, and other keys are not its own', () => {
  expect(pressed(square, 'Delete', false)).toBeNull()
  expect(pressed(square, 'Backspace', false)).toBeNull()
  for (const key of ['Tab', 'Escape', 'a', 'Enter']) expect(pressed(square, key, false)).toBeUndefined()
})
