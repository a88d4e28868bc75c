import { describe, expect, it } from 'vitest'
import type { AlertView, GroundCode } from '../src/domain/plates'
import { alertPriority, byGravity, compare, isGravest, isOpen, lookWord, plateParts, sayPlate, surety } from '../src/plates/view'

describe('a plate is painted and said in its parts', () => {
  it.each([
    ['123ABC02', '123 ABC 02'],
    ['123AB01', '123 AB 01'],
    ['12ABC05', '12 ABC 05'],
    ['12AB05', '12 AB 05'],
    ['A123BCD', 'A 123 BCD'],
    ['F123402', 'F 1234 02'],
    ['B777XX99RUS', 'B777XX99RUS'],
  ])('%s is said %s', (text, said) => expect(sayPlate(text)).toBe(said))
  it('keeps the colours of its series', () => {
    expect(plateParts('F123402').kind).toBe('foreigner')
    expect(plateParts('123ABC02', 'police').kind).toBe('police')
    expect(plateParts('123ABC02', 'diplomatic').kind).toBe('diplomatic')
    expect(plateParts('123ABC02', 'private').kind).toBe('plain')
  })
})

const alert = (code: GroundCode, action: AlertView['action'], more: Partial<AlertView> = {}): AlertView =>
  ({
    id: code,
    state: 'unconfirmed',
    action,
    grounds: [{ code, score: 80, entry_id: null, why: null, source: null, as_of: null }],
    score: 80,
    priority: { wanted: 1, two_places: 2 }[code as 'wanted'] ?? 5,
    opened_at: '2026-11-22T10:00:00Z',
    ...more,
  }) as AlertView

describe('what is grave', () => {
  const wanted = alert('wanted', 'stop')
  it('is a wanted car that is to be stopped, and no alert is an emergency', () => {
    expect(isGravest(wanted)).toBe(true)
    expect(isGravest(alert('wanted', 'observe'))).toBe(false)
    expect(isGravest(alert('uninsured', 'stop'))).toBe(false)
    expect(alertPriority(wanted)).toBe('urgent')
    expect(alertPriority(alert('wanted', 'inform'))).toBe('routine')
    expect(alertPriority(alert('two_places', 'observe'))).toBe('routine')
    expect(alertPriority(alert('unpaid_fines', 'inform'))).toBe('information')
  })
  it('comes first; what is over comes last; of equals the newest first', () => {
    const over = alert('wanted', 'stop', { id: 'over', state: 'refuted' })
    const newer = alert('uninsured', 'inform', { id: 'newer', opened_at: '2026-11-22T10:01:00Z' })
    const older = alert('uninsured', 'inform', { id: 'older' })
    expect([older, over, newer, wanted].sort(byGravity).map((each) => each.id)).toEqual(['wanted', 'newer', 'older', 'over'])
  })
  it('is looked for until it is stopped, refuted or over; a lost car too', () => {
    for (const state of ['unconfirmed', 'seen', 'confirmed', 'lost'] as const) expect(isOpen({ state })).toBe(true)
    for (const state of ['stopped', 'refuted', 'ended'] as const) expect(isOpen({ state })).toBe(false)
  })
  it('is said in a word', () => expect([95, 80, 60, 20].map(surety)).toEqual(['sure', 'likely', 'possible', 'doubtful']))
})

describe('seen against registered', () => {
  const read = { make: 'Toyota', colour: 'white', body: null }
  const register = { make: 'Toyota', colour: 'black', body: 'car' }
  const both = (code: GroundCode, known = true) =>
    compare({ ...alert(code, 'stop'), read, register: known ? register : null } as AlertView).map((each) => each.differs)
  it('differs where the centre found it and both are known', () => expect(both('looks_differ')).toEqual([false, true, false]))
  it('differs nowhere by itself, nor without a register', () => {
    expect(both('wanted')).toEqual([false, false, false])
    expect(both('looks_differ', false)).toEqual([false, false, false])
  })
  it('is said in words, and what has none stays as it is', () => {
    const t = ((key: string, { defaultValue }: { defaultValue: string }) => (key === 'colour.white' ? 'ақ' : defaultValue)) as never
    expect(lookWord('colour', 'white', t)).toBe('ақ')
    expect(lookWord('body', 'кабриолет', t)).toBe('кабриолет')
    expect(lookWord('make', 'Toyota', t)).toBe('Toyota')
    expect(lookWord('make', null, t)).toBe('')
  })
})
