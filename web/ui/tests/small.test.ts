import { describe, expect, it } from 'vitest'
import { resources } from '../src/i18n'
import { newId } from '../src/ids'
import { clock, clockFace, dayTime, distance, elapsed, minutes, moment, readMoment, writtenMoment } from '../src/time'

describe('newId', () => {
  it('is a UUIDv7 of the moment', () => {
    const id = newId(Date.UTC(2026, 10, 22))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 22))
  })
  it('sorts by time and never repeats', () => {
    expect(newId(1000) < newId(2000)).toBe(true)
    expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000)
  })
})

describe('time', () => {
  it.each([[0, '00:00'], [134, '02:14'], [3600, '1:00:00'], [3734, '1:02:14'], [180_005, '50:00:05']])('%d s is %s', (seconds, face) =>
    expect(clockFace(seconds)).toBe(face),
  )
  it('tells the day of a moment that is not of this day', () => {
    const at = '2026-11-22T09:03:27Z'
    expect(moment(at, new Date(at))).toBe(clock(at))
    expect(moment(at, new Date('2026-11-24T09:00:00Z'))).toBe(dayTime(at))
  })
  it('never runs backwards when the clocks differ', () => expect(elapsed('2026-01-01T00:00:05Z', Date.parse('2026-01-01T00:00:00Z'))).toBe('00:00'))
  it.each([[33, '0:33'], [59.6, '1:00'], [220, '3:40']])('%d s of travel is %s', (seconds, words) => expect(minutes(seconds)).toBe(words))
  it.each([[412, '410 м'], [949, '950 м'], [960, '1,0 км'], [3240, '3,2 км']])('%d m is %s', (metres, words) =>
    expect(distance(metres, 'м', 'км', 'ru')).toBe(words),
  )
  it('writes a decimal as the language does', () => expect(distance(3240, 'm', 'km', 'en')).toBe('3.2 km'))
})

describe('a moment that is typed', () => {
  const near = new Date(2026, 10, 22, 14, 3, 27).getTime()
  const at = (...parts: [number, number, number, number?, number?, number?]) => new Date(...parts).getTime()
  it.each([
    ['22.11.2026 18:01', at(2026, 10, 22, 18, 1)],
    [' 22.11.2026, 18:01:05 ', at(2026, 10, 22, 18, 1, 5)],
    ['2026-11-22T18:01', at(2026, 10, 22, 18, 1)],
    ['1.2.27 0:00', at(2027, 1, 1)],
    ['29.02.2028', at(2028, 1, 29)],
    ['3.10 7:05', at(2026, 9, 3, 7, 5)],
    ['7:05', at(2026, 10, 22, 7, 5)],
    ['23:59:59', at(2026, 10, 22, 23, 59, 59)],
  ])('%s', (text, found) => expect(readMoment(text, near)).toBe(found))
  it.each(['', '22', '22.11.2026 6 PM', '11/22/2026', '31.02.2026 10:00', '22.13.2026', '24:00', '18:60', '18:01 22.11.2026', '22.11.2026 18:01 18:02', '٢٢.١١'])(
    'none: %s',
    (text) => expect(readMoment(text, near)).toBeNull(),
  )
  it('is read as it is written', () => {
    expect(writtenMoment(near, true)).toBe('22.11.2026 14:03:27')
    expect(readMoment(writtenMoment(near, true), 0)).toBe(near)
    expect(writtenMoment(near)).toBe('22.11.2026 14:03')
  })
})

describe('resources', () => {
  it('turns plural forms into suffixes', () => {
    const locale = { a: { kk: 'x', ru: { one: 'раз', other: 'раза' }, en: 'y' } }
    expect(resources(locale, 'ru')).toEqual({ a_one: 'раз', a_other: 'раза' })
    expect(resources(locale, 'kk')).toEqual({ a: 'x' })
  })
})
