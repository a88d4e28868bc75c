/** What a site's plan data says, of what a crew can use. Maps differ: what is not there is not shown. */
import type { Plan } from './types'

export type FactKey = 'levels' | 'underground_levels' | 'entrances' | 'capacity' | 'opening_hours' | 'operator'

const FACTS: FactKey[] = ['levels', 'underground_levels', 'entrances', 'capacity', 'opening_hours', 'operator']

/** Telephone numbers; the map writes several with ";" between them. */
export function phonesOf(plan: Plan | null): string[] {
  const said = plan?.contacts?.phone ?? ''
  return said
    .split(';')
    .map((each) => each.trim())
    .filter(Boolean)
}

export function factsOf(plan: Plan | null): { key: FactKey; value: string }[] {
  return FACTS.flatMap((key) => {
    const value = plan?.[key]
    const said = Array.isArray(value) ? value.length : value
    return said ? [{ key, value: String(said) }] : []
  })
}

export const entrancesOf = (plan: Plan | null): { lon: number; lat: number; main: boolean }[] =>
  (plan?.entrances ?? []).map(({ lon, lat, kind }) => ({ lon, lat, main: kind === 'main' }))
