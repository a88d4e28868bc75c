/** What a site's plan data says, of what a crew can use. Maps differ: what is not there is not shown. */
import type { Plan } from './types'

export interface Fact {
  key: 'levels' | 'underground_levels' | 'entrances' | 'capacity' | 'opening_hours' | 'operator'
  value: string
}

export interface Entrance {
  lon: number
  lat: number
  main: boolean
}

const FACTS: Fact['key'][] = ['levels', 'underground_levels', 'entrances', 'capacity', 'opening_hours', 'operator']

/** Telephone numbers; the map writes several with ";" between them. */
export function phonesOf(plan: Plan | null): string[] {
  const contacts = plan?.['contacts']
  const said = isRecord(contacts) ? contacts['phone'] : null
  return typeof said === 'string'
    ? said
        .split(';')
        .map((each) => each.trim())
        .filter(Boolean)
    : []
}

export function factsOf(plan: Plan | null): Fact[] {
  return FACTS.flatMap((key): Fact[] => {
    const value = plan?.[key]
    if (Array.isArray(value)) return value.length > 0 ? [{ key, value: String(value.length) }] : []
    return typeof value === 'number' || (typeof value === 'string' && value) ? [{ key, value: String(value) }] : []
  })
}

export function entrancesOf(plan: Plan | null): Entrance[] {
  const said = plan?.['entrances']
  if (!Array.isArray(said)) return []
  return said
    .filter(isRecord)
    .flatMap(({ lon, lat, kind }): Entrance[] =>
      typeof lon === 'number' && typeof lat === 'number' ? [{ lon, lat, main: kind === 'main' }] : [],
    )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
