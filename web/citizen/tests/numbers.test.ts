import { expect, it } from 'vitest'

import { asPlate, daysBetween, imeiGroups, plateOrVin, sayable } from '../src/numbers'

it('a plate typed in Cyrillic is a plate in Latin', () => {
  expect(asPlate('123 авс 02')).toBe('123 ABC 02')
  expect(plateOrVin('123 авс-02')).toEqual({ plate: '123ABC02' })
  expect(asPlate('123жж02')).toBe('123ЖЖ02')
})
it('what is longer than a plate is a VIN', () => {
  expect(plateOrVin('1m8gdm9axkp042788')).toEqual({ vin: '1M8GDM9AXKP042788' })
})
it('numbers are shown in groups', () => {
  expect(sayable('4821093755624')).toBe('482 109 375 5624')
  expect(imeiGroups('352099001761481')).toBe('35 209900 176148 1')
})
it('days are whole and never negative', () => {
  expect(daysBetween('2026-11-20T10:00:00Z', '2026-11-22T09:00:00Z')).toBe(1)
  expect(daysBetween('2026-11-23T10:00:00Z', '2026-11-22T09:00:00Z')).toBe(0)
})
