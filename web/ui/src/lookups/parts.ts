/** An answer of the registers in words: console and tablet say it alike. Views as in jedel/lookups/schemas.py. */
import type { TFunction } from 'i18next'

import { currentLanguage } from '../i18n'
import type { Priority, Words } from '../domain/types'

export type RegisterKind = 'vehicle' | 'person' | 'phone' | 'reads'
export type AskedBy = 'plate' | 'vin' | 'iin' | 'document' | 'imei'

/** What a typed or spoken text may be. */
export interface Reading {
  kind: RegisterKind
  by: AskedBy
  number: string
}

export interface Purpose {
  code: string
  names: Words
  needs: 'incident' | 'case' | 'either'
  registers: RegisterKind[]
  second_person: boolean
  until: string | null
}

/** An open incident for which one may ask. */
export interface Reason {
  id: string
  number: number
  priority: Priority
  title: Words
  label: Words
}

type Fact = Record<string, unknown>
export interface Part {
  code: string
  weight: number
  kind: string
  facts: Fact[]
  source: string | null
  as_of: string | null
}

export interface Answer {
  id: string
  state: 'asked' | 'granted' | 'refused'
  kind: RegisterKind
  by: AskedBy
  asked: string
  at: string
  /** Who gave or refused the second person's word, and why it was refused. */
  decided_by: string | null
  refusal: string | null
  parts: Part[] | null
}

/** What a part is for the eye: its sign, its colour, its word. */
export type Tone = 'emergency' | 'urgent' | 'routine' | 'unavailable' | 'clear' | 'plain'
const TONES: Tone[] = ['emergency', 'urgent', 'routine', 'unavailable', 'clear', 'plain']
export const toneOf = (part: Part): Tone => TONES[part.weight] ?? 'plain'

const FACTS_MAX = 5

export function partTitle(part: Part, t: TFunction): string {
  if (part.code === 'unavailable') return t('part.unavailable', { register: t(`register.${part.kind}`) })
  if (part.code === 'fines') {
    const sum = part.facts.reduce((total, fact) => total + Number(fact['amount_tenge'] ?? 0), 0)
    return t('part.fines', { count: part.facts.length, sum: sum.toLocaleString(locale()) })
  }
  return t(`part.${part.code}`)
}

/** What the part stands on, a line for each fact; the rest is counted. */
export function partLines(part: Part, t: TFunction): string[] {
  const lines = part.facts.slice(0, FACTS_MAX).map((fact) => lineOf(part, fact, t))
  if (part.facts.length > FACTS_MAX) lines.push(t('part.more', { count: part.facts.length - FACTS_MAX }))
  return lines
}

/** Where it comes from and how old it is. */
export function partSource(part: Part, t: TFunction, now = Date.now()): string {
  if (!part.source || !part.as_of) return t('part.no_source')
  return `${part.source} · ${ago(part.as_of, t, now)}`
}

function lineOf(part: Part, fact: Fact, t: TFunction): string {
  const text = (name: string): string => (fact[name] === null || fact[name] === undefined ? '' : String(fact[name]))
  const since = text('since') && t('fact.since', { day: day(text('since')) })
  const until = text('until') && t('fact.until', { day: day(text('until')) })
  const join = (...words: string[]): string => words.filter(Boolean).join(' · ')
  switch (part.kind) {
    case 'vehicles': {
      const many = (fact['restrictions'] as string[] | undefined) ?? []
      if (part.code === 'restricted') return many.join(', ')
      const accidents = Number(fact['accidents'] ?? 0)
      return join(`${text('make')} ${text('model')}`, text('colour'), text('year'), text('plate'), text('vin') && `VIN ${text('vin')}`,
        accidents > 0 ? t('fact.accidents', { count: accidents }) : '')
    }
    case 'owners':
      return part.code === 'vehicles' ? join(text('plate'), since, until) : join(text('name'), text('number'), since, until)
    case 'insurance':
      return join(text('insurer'), text('policy'), until)
    case 'wanted-vehicles':
    case 'wanted-persons':
      return join(text('name'), text('reason'), text('ground'), text('initiator'), since, text('note'))
    case 'fines':
      return join(text('article'), `${Number(fact['amount_tenge']).toLocaleString(locale())} ₸`, day(text('issued')))
    case 'weapon-permits':
      return join(text('weapon'), text('purpose'), text('permit'), until)
    default:
      return join(text('report'), since)
  }
}

const locale = (): string => ({ kk: 'kk-KZ', ru: 'ru-KZ', en: 'en-GB' })[currentLanguage()]

const day = (iso: string): string => (iso ? new Date(`${iso}T12:00:00`).toLocaleDateString('ru-KZ') : '')

const STEPS: ['days' | 'hours' | 'minutes', number][] = [['days', 86_400], ['hours', 3_600], ['minutes', 60]]

/** "3 days ago": by our own words, since browsers know no Kazakh ones. */
export function ago(iso: string, t: TFunction, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000)
  for (const [unit, length] of STEPS) if (seconds >= length) return t(`ago.${unit}`, { count: Math.floor(seconds / length) })
  return t('ago.now')
}
