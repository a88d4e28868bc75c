import { describe, expect, it } from 'vitest'
import type { AlertView, GroundCode, PlateRead, RegisterCar } from '../src/domain/plates'
import { alertPriority, byGravity, compare, isGravest, isOpen, isUnconfirmed, meetsAt, plateParts, sayPlate, surety } from '../src/plates/view'

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
  it('is unconfirmed until an officer has confirmed', () => {
    for (const state of ['unconfirmed', 'seen', 'lost', 'refuted', 'ended'] as const) expect(isUnconfirmed({ state })).toBe(true)
    for (const state of ['confirmed', 'stopped'] as const) expect(isUnconfirmed({ state })).toBe(false)
    expect(isOpen({ state: 'seen' })).toBe(true)
    expect(isOpen({ state: 'lost' })).toBe(false)
  })
  it('is said in a word', () => expect([95, 80, 60, 20].map(surety)).toEqual(['sure', 'likely', 'possible', 'doubtful']))
})

it('the minutes left run from when the patrol was told', () => {
  expect(meetsAt({ told_at: '2026-11-22T10:00:00Z', minutes_left: 4.5 })).toBe(Date.parse('2026-11-22T10:04:30Z'))
})

describe('seen against registered', () => {
  const words = (en: string) => ({ kk: en, ru: en, en })
  const seen = { make: words('Toyota'), colour: words('white'), body: null } as PlateRead
  const register = { make: words('Toyota'), colour: words('black'), body: words('saloon') } as RegisterCar
  it('differs only where both are known', () => expect(compare(seen, register).map((each) => each.differs)).toEqual([false, true, false]))
  it('differs nowhere without a register', () => expect(compare(seen, null).some((each) => each.differs)).toBe(false))
})
