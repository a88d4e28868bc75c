import { expect, it } from 'vitest'
import { planFacts } from '../src/card/plan'

it('reads what is known, entrances by kind', () => {
  const plan = {
    levels: 3,
    capacity: '900',
    contacts: { phone: '+7 727 200 10 10; +7 727 200 10 11' },
    entrances: [
      { lon: 1, lat: 2, kind: 'main' },
      { lon: 1, lat: 2, kind: 'yes' },
      { lon: 1, lat: 2, kind: 'yes' },
    ],
  }
  expect(planFacts(plan, (kind) => `<${kind}>`)).toEqual({
    facts: [
      { key: 'levels', value: '3' },
      { key: 'capacity', value: '900' },
      { key: 'entrances', value: '3: <main>, <yes> × 2' },
    ],
    phones: ['+7 727 200 10 10', '+7 727 200 10 11'],
  })
})

it('says nothing of an unknown building', () => {
  expect(planFacts({}, String)).toEqual({ facts: [], phones: [] })
})
