import { describe, expect, it } from 'vitest'
import { type Case, caseNumber, Cases } from '../src/lookups/cases'

const storage = () => {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}
const words = { kk: 'a', ru: 'a', en: 'a' }
const incident = (id: string): Case => ({ incident: { id, number: 1, title: words, label: words }, caseNumber: null, purpose: 'incident' })

describe('for what somebody looks up', () => {
  it('is remembered for each incident and case, the one in hand first', () => {
    const cases = new Cases('a', storage())
    cases.take(incident('1'))
    cases.take({ incident: null, caseNumber: '26-1/1', purpose: 'investigation' })
    cases.take({ ...incident('1'), purpose: 'roadside' })
    expect(cases.all().map((each) => each.purpose)).toEqual(['roadside', 'investigation'])
    expect(cases.find(incident('1'))?.purpose).toBe('roadside')
    expect(cases.find(incident('2'))).toBeUndefined()
  })

  it('is nobody else’s', () => {
    const kept = storage()
    new Cases('a', kept).take(incident('1'))
    expect(new Cases('b', kept).all()).toEqual([])
  })
})

describe('a case number', () => {
  it.each([
    [' 26-7500-1/17 ', '26-7500-1/17'],
    ['дело7', 'ДЕЛО7'],
    ['12', null],
    ['дело', null],
    ['a b 1', null],
  ])('%s', (typed, number) => expect(caseNumber(typed)).toBe(number))
})
