/** What console and tablet decide alike about a plate and an alert. Pure. */
import type { TFunction } from 'i18next'

import type { AlertView, GroundCode } from '../domain/plates'
import type { Priority } from '../domain/types'

/** A plate in the parts that are painted apart: the signs, and the region in its box. */
export interface PlateParts {
  parts: string[]
  region: string | null
  kind: 'plain' | 'foreigner' | 'police' | 'diplomatic'
}

const LATER = /^(\d{2,3})([A-Z]{2,3})(\d{2})$/
const FIRST = /^([A-Z])(\d{3})([A-Z]{2,3})$/
const FOREIGNER = /^([A-Z])(\d{4})(\d{2})$/

export function plateParts(text: string, series: string | null = null): PlateParts {
  const said = series ?? ''
  const kind = /police/.test(said) ? 'police' : /diplom|consul|embassy/.test(said) ? 'diplomatic' : /foreign/.test(said) || FOREIGNER.test(text) ? 'foreigner' : 'plain'
  const later = LATER.exec(text)
  if (later) return { parts: [later[1]!, later[2]!], region: later[3]!, kind }
  const first = FIRST.exec(text)
  if (first) return { parts: [first[1]!, first[2]!, first[3]!], region: null, kind }
  const foreigner = FOREIGNER.exec(text)
  if (foreigner) return { parts: [foreigner[1]!, foreigner[2]!], region: foreigner[3]!, kind }
  return { parts: [text], region: null, kind }
}

/** As it is said and printed: `123 ABC 02`. */
export function sayPlate(text: string): string {
  const { parts, region } = plateParts(text)
  return [...parts, ...(region ? [region] : [])].join(' ')
}

/** How sure a hit is, in four words: a bare number says more than it knows. */
export type Surety = 'sure' | 'likely' | 'possible' | 'doubtful'
export function surety(score: number): Surety {
  return score >= 90 ? 'sure' : score >= 75 ? 'likely' : score >= 50 ? 'possible' : 'doubtful'
}

/** Somebody still looks for the car; one that is lost is looked for until the next camera sees it. */
export const isOpen = (alert: Pick<AlertView, 'state'>): boolean => ['unconfirmed', 'seen', 'confirmed', 'lost'].includes(alert.state)

const isWanted = (alert: Pick<AlertView, 'grounds'>): boolean => alert.grounds.some((each) => each.code === 'wanted')

/** A car that is wanted and to be stopped: the only alert that makes a sound on a console. */
export const isGravest = (alert: Pick<AlertView, 'grounds' | 'action'>): boolean => alert.action === 'stop' && isWanted(alert)

/** From this of the centre's priorities on grounds are lesser: offences on paper, not a car that is looked for. */
const LESSER = 4

/** The sign beside an alert: none of them is an emergency, whose sign is for people in need. */
export function alertPriority(alert: Pick<AlertView, 'grounds' | 'action' | 'priority'>): Priority {
  if (isGravest(alert)) return 'urgent'
  return alert.action === 'stop' || alert.priority < LESSER ? 'routine' : 'information'
}

const WEIGHT: Record<Priority, number> = { emergency: 0, urgent: 1, routine: 2, information: 3 }

/** Gravest first, those that nobody has answered before the others, then the newest; what is over comes last. */
export function byGravity(a: AlertView, b: AlertView): number {
  return (
    Number(isOpen(b)) - Number(isOpen(a)) ||
    WEIGHT[alertPriority(a)] - WEIGHT[alertPriority(b)] ||
    Number(b.state === 'unconfirmed') - Number(a.state === 'unconfirmed') ||
    a.priority - b.priority ||
    Date.parse(b.opened_at) - Date.parse(a.opened_at)
  )
}

const RANK: Record<GroundCode, number> = {
  wanted: 1, two_places: 2, looks_differ: 2, not_on_register: 2, impossible_plate: 2, department: 3, systematic: 4, unpaid_fines: 5, uninsured: 6,
}

/** The gravest ground first: it is the one that is read where there is room for one. */
export const gravestFirst = <T extends { code: GroundCode }>(grounds: readonly T[]): T[] => [...grounds].sort((a, b) => RANK[a.code] - RANK[b.code])

/** Seen and registered side by side. */
export interface Compared {
  what: 'make' | 'colour' | 'body'
  seen: string | null
  registered: string | null
  differs: boolean
}

/**
 * `differs` only where the centre found that the looks differ: it knows which colours a camera takes for one
 * another, at night above all.
 */
export function compare(alert: Pick<AlertView, 'read' | 'register' | 'grounds'>): Compared[] {
  const found = alert.grounds.some((each) => each.code === 'looks_differ')
  return (['make', 'colour', 'body'] as const).map((what) => {
    const [seen, registered] = [alert.read[what], alert.register?.[what] || null]
    return { what, seen, registered, differs: found && !!seen && !!registered && seen.toLowerCase() !== registered.toLowerCase() }
  })
}

/** A make as it is called, a colour or body in the language's words; what the register calls otherwise stays so. */
export function lookWord(what: Compared['what'], said: string | null, t: TFunction): string {
  if (!said) return ''
  if (what === 'make') return said
  return what === 'colour' ? t(`colour.${said}`, { defaultValue: said }) : t(`body.${said}`, { defaultValue: said })
}
