import { describe, expect, it } from 'vitest'
import { read, type Scene } from '../src/command/parse'

const words: Record<string, string> = { fight: 'Драка', false_alarm: 'Ложный вызов', on_scene: 'На месте', emergency: 'Экстренный' }
const scene: Scene = {
  incidents: [
    { id: 'i1', number: 1204, priority: 'emergency', unitIds: ['u2'], unanswered: true },
    { id: 'i2', number: 1205, priority: 'routine', unitIds: [], unanswered: false },
    { id: 'i3', number: 12, priority: 'routine', unitIds: [], unanswered: false },
  ],
  units: [
    { id: 'u1', callSign: 'P17', status: 'busy', silent: false, incidentId: null },
    { id: 'u2', callSign: 'P18', status: 'en_route', silent: false, incidentId: 'i1' },
    { id: 'u3', callSign: 'P2', status: 'available', silent: false, incidentId: null },
  ],
  currentId: 'i1',
  recommended: ['u3'],
  word: (_group, value) => words[value] ?? value,
}
const command = (line: string) => read(line, scene).command

describe('a complete line', () => {
  it.each([
    ['a 1204 P17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['A 1204 p17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['a . P17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['a №1204 p-17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['r 1204 P18', { do: 'release', incidentId: 'i1', unitId: 'u2' }],
    ['s P18 os', { do: 'status', unitId: 'u2', status: 'on_scene', incidentId: 'i1' }],
    ['s P17 av', { do: 'status', unitId: 'u1', status: 'available', incidentId: null }],
    ['s P17 на', null],
    ['s P17 мест', { do: 'status', unitId: 'u1', status: 'on_scene', incidentId: null }],
    ['n 1204 two men, one with a knife', { do: 'note', incidentId: 'i1', text: 'two men, one with a knife' }],
    ['n . 3 people', { do: 'note', incidentId: 'i1', text: '3 people' }],
    ['c 1205 re', { do: 'close', incidentId: 'i2', result: 'resolved', text: '' }],
    ['c 1205 fa test of the button', { do: 'close', incidentId: 'i2', result: 'false_alarm', text: 'test of the button' }],
    ['c 1205 лож', { do: 'close', incidentId: 'i2', result: 'false_alarm', text: '' }],
    ['p 1205 u', { do: 'priority', incidentId: 'i2', priority: 'urgent' }],
    ['j 1205 1204', { do: 'join', incidentId: 'i2', intoId: 'i1' }],
    ['q 1204', { do: 'acknowledge', incidentId: 'i1' }],
    ['l 482ABE02', { do: 'look_up', text: '482ABE02' }],
    ['cam sch45', { do: 'cameras', text: 'школа 45' }],
    ['сфь вход', { do: 'cameras', text: 'вход' }],
    ['д четыреста восемьдесят два АВЕ ноль два', { do: 'look_up', text: 'четыреста восемьдесят два АВЕ ноль два' }],
    ['u P2', { do: 'show_unit', unitId: 'u3' }],
    ['f abai/dostyk', { do: 'show_place', query: 'abai/dostyk' }],
    ['o fi abai 10', { do: 'open', class: 'fight', priority: 'urgent', query: 'abai 10' }],
    ['o драка e abai 10', { do: 'open', class: 'fight', priority: 'emergency', query: 'abai 10' }],
  ])('%s', (line, expected) => expect(command(line)).toEqual(expected))
})

describe('any keyboard layout', () => {
  it.each([
    ['ф 1204 З17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['ф 1204 Р17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['с 1205 аф', { do: 'close', incidentId: 'i2', result: 'false_alarm', text: '' }],
    ['ы З18 щы', { do: 'status', unitId: 'u2', status: 'on_scene', incidentId: 'i1' }],
    ['т 1204 Екі адам', { do: 'note', incidentId: 'i1', text: 'Екі адам' }],
    ['г Зә', { do: 'show_unit', unitId: 'u3' }],
    ['ф ю З17', { do: 'assign', incidentId: 'i1', unitId: 'u1' }],
    ['й "ә0ң', { do: 'acknowledge', incidentId: 'i1' }],
  ])('%s', (line, expected) => expect(command(line)).toEqual(expected))
})

describe('an unfinished line', () => {
  it('offers every verb at first, then those that fit', () => {
    expect(read('', scene).suggestions).toHaveLength(13)
    expect(read('a', scene).suggestions.map((each) => each.line)).toEqual(['a '])
  })
  it('does not run before the last word is there', () => {
    for (const line of ['a', 'a 1204', 'a 1204 ', 'a 1204 P', 'n 1204', 'n 1204  ', 'c 1204', 'j 1204', 'o fi', 's P17', 'f ', 'u ']) {
      expect(command(line), line).toBeNull()
    }
  })
  it('puts the open incident first, then the graver, then the older', () => {
    expect(read('a ', scene).suggestions.map((each) => each.code)).toEqual(['1204', '12', '1205'])
    expect(read('a 120', scene).suggestions.map((each) => each.line)).toEqual(['a 1204 ', 'a 1205 '])
  })
  it('puts the recommended unit first for the open incident', () => {
    expect(read('a 1204 ', scene).suggestions.map((each) => each.line)).toEqual(['a 1204 P2', 'a 1204 P17', 'a 1204 P18'])
  })
  it('offers only units that are sent when one is to be released', () => {
    expect(read('r 1204 ', scene).suggestions.map((each) => each.code)).toEqual(['P18'])
  })
  it('offers only unanswered incidents to acknowledge', () => {
    expect(read('q ', scene).suggestions.map((each) => each.code)).toEqual(['1204'])
  })
  it('offers codes by their names', () => {
    expect(read('c 1204 лож', scene).suggestions.map((each) => each.value)).toEqual(['false_alarm'])
  })
  it('asks for a place after the class', () => {
    expect(read('o fi ', scene).slot).toBe('priority')
    expect(read('o fi abai', scene)).toMatchObject({ slot: 'place', typed: 'abai' })
  })
})

describe('a line that cannot be', () => {
  it.each([
    ['x 1', 'no_verb', 'x'],
    ['a 999', 'no_incident', '999'],
    ['a 1204 Z9', 'no_unit', 'Z9'],
    ['r 1204 P17', 'unit_free', 'P17'],
    ['s P17 zz', 'no_code', 'zz'],
    ['j 1204 1204', 'same_incident', '1204'],
  ])('%s says %s', (line, code, word) => expect(read(line, scene).fault).toEqual({ code, word }))
  it('is silent while the word may still become right', () => {
    for (const line of ['a 12', 'a 1204 P1', 's P17 o', '']) expect(read(line, scene).fault, line).toBeNull()
  })
})
