import type { Plan } from '@jedel/ui'

export interface PlanFacts {
  /** Key of the word, value to read. */
  facts: { key: string; value: string }[]
  phones: string[]
}

const PLAIN = ['levels', 'underground_levels', 'capacity', 'opening_hours', 'operator', 'wheelchair'] as const

/** A site's plan data as lines to read; entrances are counted by kind, since the map shows where they are. */
export function planFacts(plan: Plan, entranceWord: (kind: string) => string): PlanFacts {
  const facts: PlanFacts['facts'] = []
  for (const key of PLAIN) {
    const value = plan[key]
    if (value !== undefined && value !== '') facts.push({ key, value: String(value) })
  }
  const entrances = plan.entrances ?? []
  if (entrances.length > 0) {
    const kinds = new Map<string, number>()
    for (const { kind, name } of entrances) {
      const word = name || entranceWord(kind)
      kinds.set(word, (kinds.get(word) ?? 0) + 1)
    }
    const words = Array.from(kinds, ([word, count]) => (count > 1 ? `${word} × ${count}` : word))
    facts.splice(2, 0, { key: 'entrances', value: `${entrances.length}: ${words.join(', ')}` })
  }
  const { phone } = plan.contacts ?? {}
  return { facts, phones: phone ? phone.split(/[;,]\s*/) : [] }
}
