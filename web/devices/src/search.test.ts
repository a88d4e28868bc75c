import { expect, test } from 'vitest'

import { allWords, folded, matches } from './search'

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
