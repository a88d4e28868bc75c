/** What console and tablet decide alike about a plate and an alert. Pure. */
import { type AlertView, FALSE_PLATE, type RegisterCar, type PlateRead } from '../domain/plates'
import type { Priority, Words } from '../domain/types'

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

/** An alert still asks something of somebody. */
export const isOpen = (alert: Pick<AlertView, 'state'>): boolean => ['unconfirmed', 'seen', 'confirmed'].includes(alert.state)
/** No officer has confirmed plate and vehicle. */
export const isUnconfirmed = (alert: Pick<AlertView, 'state'>): boolean => alert.state !== 'confirmed' && alert.state !== 'stopped'

const isWanted = (alert: Pick<AlertView, 'grounds'>): boolean => alert.grounds.some((each) => each.code === 'wanted')

/** A car that is wanted and to be stopped: the only alert that makes a sound on a console. */
export const isGravest = (alert: Pick<AlertView, 'grounds' | 'action'>): boolean => alert.action === 'stop' && isWanted(alert)

/** The sign beside an alert: none of them is an emergency, whose sign is for people in need. */
export function alertPriority(alert: Pick<AlertView, 'grounds' | 'action'>): Priority {
  if (isGravest(alert)) return 'urgent'
  if (alert.action === 'stop' || isWanted(alert)) return 'routine'
  return alert.grounds.some((each) => FALSE_PLATE.includes(each.code)) ? 'routine' : 'information'
}

const WEIGHT: Record<Priority, number> = { emergency: 0, urgent: 1, routine: 2, information: 3 }

/** Gravest first, then the surest, then the newest; those that ask for nothing more come last. */
export function byGravity(a: AlertView, b: AlertView): number {
  return (
    Number(isOpen(b)) - Number(isOpen(a)) ||
    WEIGHT[alertPriority(a)] - WEIGHT[alertPriority(b)] ||
    Number(b.state === 'unconfirmed') - Number(a.state === 'unconfirmed') ||
    Date.parse(b.opened_at) - Date.parse(a.opened_at)
  )
}

/** When the patrol and the car are where they can meet, in milliseconds. */
export const meetsAt = (unit: { told_at: string; minutes_left: number }): number => Date.parse(unit.told_at) + unit.minutes_left * 60_000

/** Seen and registered side by side; `differs` only where both are known. */
export interface Compared {
  what: 'make' | 'colour' | 'body'
  seen: Words | string | null
  registered: Words | string | null
  differs: boolean
}

const flat = (said: Words | string | null): string => (typeof said === 'string' ? said : (said?.en ?? '')).trim().toLowerCase()

export function compare(read: PlateRead, register: RegisterCar | null): Compared[] {
  return (['make', 'colour', 'body'] as const).map((what) => {
    const [seen, registered] = [read[what], register?.[what] ?? null]
    return { what, seen, registered, differs: !!flat(seen) && !!flat(registered) && flat(seen) !== flat(registered) }
  })
}
