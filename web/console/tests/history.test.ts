import { expect, it } from 'vitest'
import { History } from '../src/command/history'

it('walks back and forward, and gives the unfinished line back', () => {
  const history = new History()
  history.add('a 1 P1')
  history.add('  c 1 re ')
  history.add('c 1 re')
  expect(history.back('n 2')).toBe('c 1 re')
  expect(history.back('c 1 re')).toBe('a 1 P1')
  expect(history.back('a 1 P1')).toBe('a 1 P1')
  expect(history.forward()).toBe('c 1 re')
  expect(history.forward()).toBe('n 2')
  expect(history.forward()).toBe('n 2')
})

it('has nothing at first', () => {
  expect(new History().back('x')).toBe('x')
})
