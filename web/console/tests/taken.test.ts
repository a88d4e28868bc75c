import { expect, test } from 'vitest'
import { digitsTaken, leaveDigits, takeDigits } from '../src/cameras/wall/taken'

test('digits belong to the camera that was turned last, until it lets go', () => {
  const one = {}
  const other = {}
  expect(digitsTaken()).toBe(false)
  takeDigits(one)
  takeDigits(other)
  leaveDigits(one)
  expect(digitsTaken()).toBe(true)
  leaveDigits(other)
  expect(digitsTaken()).toBe(false)
})
