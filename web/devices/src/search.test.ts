import { expect, test } from 'vitest'

import { allWords, folded, matches, nearest } from './search'

const school = { kk: '№ 12 мектеп-гимназия', ru: 'Школа-гимназия № 12', en: 'School No. 12' }

test('a device is found by parts of words, in any language, with Kazakh or Russian letters', () => {
  expect(matches('школа 12', allWords(school))).toBe(true)
  expect(matches('МЕКТЕП', allWords(school))).toBe(true)
  expect(matches('sch', allWords(school))).toBe(true)
  expect(matches('кошеси', 'Әйтеке би көшесі')).toBe(true)
  expect(matches('', allWords(school))).toBe(true)
  expect(matches('2', allWords(school))).toBe(false)
  expect(matches('парк', allWords(school))).toBe(false)
  expect(folded('Ұлы Дала, 5')).toBe('улы дала 5')
  expect([allWords(null), allWords('x')]).toEqual(['', 'x'])
})

test('who is called so comes before who lives there', () => {
  const called = (number: number, house: string) => ({
    name: { kk: `№ ${number} мектеп-гимназия`, ru: `Школа-гимназия №${number}`, en: `School No. ${number}` },
    address: { kk: `6-ықшамауданы, ${house}`, ru: `6-й микрорайон, ${house}`, en: `Microdistrict 6, ${house}` },
  })
  const all = [called(17, '35'), called(350, '1'), called(35, '2'), called(12, '3')]
  const order = (query: string) => nearest(query, all).map((each) => each.name.en)
  expect(order('Школа-гимназия №35')).toEqual(['School No. 35', 'School No. 350', 'School No. 17'])
  expect(order('35 школа')).toEqual(['School No. 35', 'School No. 350', 'School No. 17'])
  expect(order('ықшамауданы 2')).toEqual(['School No. 35'])
  expect(order('')).toHaveLength(4)
})
