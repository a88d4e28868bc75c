import { describe, expect, it } from 'vitest'
import { contrast } from '../src/theme/contrast'
import { themes, type Tokens } from '../src/theme/tokens'

const grounds: (keyof Tokens)[] = ['ground', 'surface', 'raised', 'lifted']
const words: (keyof Tokens)[] = ['text', 'dim', 'emergency', 'urgent', 'routine', 'information']
const signs: (keyof Tokens)[] = ['edge', 'focus', 'unit', 'route', 'action']
const onFilled: [keyof Tokens, keyof Tokens][] = [
  ['onEmergency', 'emergency'],
  ['onUrgent', 'urgent'],
  ['onRoutine', 'routine'],
  ['onInformation', 'information'],
  ['onAction', 'action'],
]

describe.each(Object.entries(themes))('the %s theme', (_name, tokens) => {
  it.each(words.flatMap((word) => grounds.map((ground) => [word, ground] as const)))(
    'shows %s as text on %s at 4.5:1 or better',
    (word, ground) => expect(contrast(tokens[word], tokens[ground])).toBeGreaterThanOrEqual(4.5),
  )
  it.each(signs.flatMap((sign) => grounds.map((ground) => [sign, ground] as const)))(
    'shows %s as a sign on %s at 3:1 or better',
    (sign, ground) => expect(contrast(tokens[sign], tokens[ground])).toBeGreaterThanOrEqual(3),
  )
  it.each(onFilled)('shows %s as text on %s at 4.5:1 or better', (word, ground) =>
    expect(contrast(tokens[word], tokens[ground])).toBeGreaterThanOrEqual(4.5),
  )
})

it('knows the two ends of the scale', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#777777')).toBe(1)
})
