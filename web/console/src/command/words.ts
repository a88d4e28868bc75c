import type { IncidentClass, IncidentResult, Priority } from '@jedel/ui'

/** The verbs: one Latin letter each, the letter on the key, whatever layout is on; for cameras a short word. */
export const VERBS = ['a', 's', 'n', 'c', 'f', 'u', 'o', 'r', 'p', 'j', 'q', 'l', 'cam'] as const
export type Verb = (typeof VERBS)[number]

export type SetStatus = 'available' | 'busy' | 'en_route' | 'on_scene' | 'off_shift'

export const STATUS_CODES: Record<string, SetStatus> = {
  av: 'available', bs: 'busy', er: 'en_route', os: 'on_scene', of: 'off_shift',
}
export const RESULT_CODES: Record<string, IncidentResult> = {
  re: 'resolved', fa: 'false_alarm', du: 'duplicate', no: 'no_offence', ho: 'handed_over', ca: 'cancelled',
}
export const CLASS_CODES: Record<string, IncidentClass> = {
  ca: 'call', tr: 'traffic', fi: 'fight', th: 'theft', fr: 'fire', me: 'medical', sc: 'school_alarm', so: 'sos_post', ot: 'other',
}
export const PRIORITY_CODES: Record<string, Priority> = {
  e: 'emergency', u: 'urgent', r: 'routine', i: 'information',
}

/** How urgent an incident opened by hand is unless the officer says otherwise. */
export const USUAL_PRIORITY: Record<IncidentClass, Priority> = {
  school_alarm: 'emergency', sos_post: 'emergency', fire: 'emergency', fight: 'urgent', medical: 'urgent',
  traffic: 'urgent', theft: 'routine', call: 'routine', other: 'routine',
}

const CYRILLIC = 'йцукенгшщзхъфывапролджэячсмитьбю'
const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
const BY_KEY = new Map(Array.from(CYRILLIC, (letter, i) => [letter, LATIN[i]!]))
/** Kazakh letters that stand on the digit row of the Kazakh layout. */
const DIGIT_ROW = new Map(Object.entries({ '"': '1', ә: '2', і: '3', ң: '4', ғ: '5', ү: '8', ұ: '9', қ: '0' }))
const LOOKALIKE = new Map(Object.entries({ а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', х: 'x', у: 'y', і: 'i' }))

const through = (table: Map<string, string>, text: string) =>
  Array.from(text.toLowerCase(), (letter) => table.get(letter) ?? letter).join('')

/** What the same keys would have given on the Latin layout: "ф" is the key A. */
export const byKey = (text: string): string => through(BY_KEY, text)

/** A number typed on the Kazakh layout, where the digit row holds letters. */
export const digits = (text: string): string => through(DIGIT_ROW, text)

/** Every reading of a short code that the officer may have meant, whatever the layout. */
export function readings(text: string): Set<string> {
  const plain = text.toLowerCase()
  const bare = (word: string) => word.replace(/[-–\s]/g, '')
  return new Set(
    [plain, byKey(plain), byKey(digits(plain)), digits(plain), through(LOOKALIKE, plain)].flatMap((word) => [word, bare(word)]),
  )
}

/** Whether `typed` begins `name` in any reading; an empty `typed` begins everything. */
export function begins(typed: string, name: string): boolean {
  const names = readings(name)
  for (const reading of readings(typed)) {
    for (const each of names) if (each.startsWith(reading)) return true
  }
  return false
}

export function same(typed: string, name: string): boolean {
  const names = readings(name)
  for (const reading of readings(typed)) if (names.has(reading)) return true
  return false
}
