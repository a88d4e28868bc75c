/** What a site's plan data says, of what a crew can use. Sites differ: what is not there is not shown. */
import type { Plan, Words } from './types'

export interface Contact {
  name: Words | string
  role: Words | string
  phone: string | null
}

export interface Fact {
  key: 'levels' | 'entrances' | 'people' | 'opening_hours' | 'fence' | 'note'
  value: string | Words | boolean
}

const FACTS: Fact['key'][] = ['levels', 'entrances', 'people', 'opening_hours', 'fence', 'note']

export function contactsOf(plan: Plan | null): Contact[] {
  const said = plan?.['contacts']
  const listed = Array.isArray(said) ? said : []
  const contacts = listed.filter(isRecord).map((each) => ({
    name: words(each['name']) ?? '',
    role: words(each['role']) ?? '',
    phone: typeof each['phone'] === 'string' ? each['phone'] : null,
  }))
  const phone = plan?.['phone']
  return typeof phone === 'string' ? [...contacts, { name: '', role: '', phone }] : contacts
}

export function factsOf(plan: Plan | null): Fact[] {
  return FACTS.flatMap((key): Fact[] => {
    const value = plan?.[key]
    if (Array.isArray(value)) return value.length > 0 ? [{ key, value: String(value.length) }] : []
    if (typeof value === 'number') return [{ key, value: String(value) }]
    if (typeof value === 'boolean') return [{ key, value }]
    const said = words(value)
    return said ? [{ key, value: said }] : []
  })
}

/** Ways in, where the plan knows them: [lon, lat]. */
export function entrancesOf(plan: Plan | null): [number, number][] {
  const said = plan?.['entrances']
  if (!Array.isArray(said)) return []
  return said.flatMap((each): [number, number][] => {
    if (Array.isArray(each) && typeof each[0] === 'number' && typeof each[1] === 'number') return [[each[0], each[1]]]
    if (isRecord(each) && typeof each['lon'] === 'number' && typeof each['lat'] === 'number')
      return [[each['lon'], each['lat']]]
    return []
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function words(value: unknown): Words | string | null {
  if (typeof value === 'string') return value || null
  return isRecord(value) && ('kk' in value || 'ru' in value || 'en' in value) ? (value as unknown as Words) : null
}
