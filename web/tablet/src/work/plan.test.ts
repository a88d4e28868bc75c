import { expect, test } from 'vitest'

import { entrancesOf, factsOf, phonesOf } from './plan'

test('what the map knows of a building is shown, and nothing else', () => {
  const plan = {
    levels: 3,
    opening_hours: 'Mo-Sa 08:00-19:00',
    operator: '',
    wheelchair: 'yes',
    contacts: { phone: '+7 700 1; +7 700 2', email: 'a@b.kz' },
    entrances: [
      { lon: 76.9, lat: 43.2, kind: 'main', name: '' },
      { lon: 76.8, lat: 43.2, kind: 'yes' },
    ],
  }
  expect(phonesOf(plan)).toEqual(['+7 700 1', '+7 700 2'])
  expect(factsOf(plan)).toEqual([
    { key: 'levels', value: '3' },
    { key: 'entrances', value: '2' },
    { key: 'opening_hours', value: 'Mo-Sa 08:00-19:00' },
  ])
  expect(entrancesOf(plan)).toEqual([
    { lon: 76.9, lat: 43.2, main: true },
    { lon: 76.8, lat: 43.2, main: false },
  ])
})

test('a site without a plan is a site without a plan', () => {
  expect([phonesOf(null), factsOf(null), entrancesOf(null)]).toEqual([[], [], []])
  expect([phonesOf({ contacts: {} }), factsOf({ entrances: [] }), entrancesOf({})]).toEqual([[], [], []])
})
