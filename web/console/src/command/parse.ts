/**
 * The command line: verb object [rest]. Pure: text and the scene in, what it means out. It never
 * guesses: a command is complete only when every part names exactly one thing.
 */
import { type IncidentClass, type IncidentResult, PRIORITIES, type Priority, type UnitStatus } from '@jedel/ui/domain'
import {
  begins, byKey, CLASS_CODES, digits, PRIORITY_CODES, RESULT_CODES, same, type SetStatus, STATUS_CODES, USUAL_PRIORITY, type Verb, VERBS,
} from './words'

export type Command =
  | { do: 'assign'; incidentId: string; unitId: string }
  | { do: 'release'; incidentId: string; unitId: string }
  | { do: 'status'; unitId: string; status: SetStatus; incidentId: string | null }
  | { do: 'note'; incidentId: string; text: string }
  | { do: 'close'; incidentId: string; result: IncidentResult; text: string }
  | { do: 'priority'; incidentId: string; priority: Priority }
  | { do: 'join'; incidentId: string; intoId: string }
  | { do: 'acknowledge'; incidentId: string }
  | { do: 'look_up'; text: string }
  | { do: 'cameras'; text: string }
  | { do: 'show_unit'; unitId: string }
  | { do: 'show_place'; query: string }
  | { do: 'open'; class: IncidentClass; priority: Priority; query: string }

export type Slot = 'verb' | 'incident' | 'unit' | 'status' | 'result' | 'priority' | 'class' | 'text' | 'place'

/** Something that can stand in the present slot; `line` is the whole line once it is chosen. */
export interface Suggestion {
  slot: Slot
  /** An id, or a code such as `available`. */
  value: string
  code: string
  line: string
}

export interface Reading {
  verb: Verb | null
  slot: Slot
  /** What is typed so far in the present slot. */
  typed: string
  command: Command | null
  suggestions: Suggestion[]
  fault: { code: FaultCode; word: string } | null
}
export type FaultCode = 'no_verb' | 'no_incident' | 'no_unit' | 'no_code' | 'unit_free' | 'same_incident'

export interface SceneIncident {
  id: string
  number: number
  priority: Priority
  /** Ids of the units that are sent and not yet released. */
  unitIds: string[]
  /** Has an alarm that nobody has acknowledged. */
  unanswered: boolean
}
export interface SceneUnit {
  id: string
  callSign: string
  status: UnitStatus
  silent: boolean
  incidentId: string | null
}
export interface Scene {
  incidents: SceneIncident[]
  units: SceneUnit[]
  /** The incident whose card is open: `.` means it. */
  currentId: string | null
  /** Unit ids in the order of the recommendation for the open incident, best first. */
  recommended: string[]
  /** The words of the present language for codes, such as `fight` → "Төбелес". */
  word: (group: 'status' | 'result' | 'class' | 'priority', value: string) => string
}

const LIMIT = 8
const GRAMMAR: Record<Verb, Slot[]> = {
  a: ['incident', 'unit'],
  r: ['incident', 'unit'],
  s: ['unit', 'status'],
  n: ['incident', 'text'],
  c: ['incident', 'result', 'text'],
  p: ['incident', 'priority'],
  j: ['incident', 'incident'],
  q: ['incident'],
  l: ['text'],
  cam: ['text'],
  u: ['unit'],
  f: ['place'],
  o: ['class', 'priority', 'place'],
}
const TAKES_REST = new Set<Slot>(['text', 'place'])

export function read(line: string, scene: Scene): Reading {
  const text = line.trimStart()
  const [head = '', ...tail] = text.split(/\s+/)
  const verb = VERBS.find((each) => each === head.toLowerCase() || each === byKey(head)) ?? null
  if (!verb || (tail.length === 0 && !/\s$/.test(text))) {
    const suggestions = VERBS.filter((each) => begins(head, each)).map((each) => ({
      slot: 'verb' as const, value: each, code: each, line: `${each} `,
    }))
    const fault = head && suggestions.length === 0 ? ({ code: 'no_verb', word: head } as const) : null
    return { verb, slot: 'verb', typed: head, command: null, suggestions, fault }
  }
  return new Walk(verb, text, scene).read()
}

/** Goes through the words of one line, slot by slot, keeping what each has come to mean. */
class Walk {
  private readonly ids: Partial<Record<'incident' | 'into' | 'unit' | 'status' | 'result' | 'priority' | 'class', string>> = {}
  private done = ''
  private rest: string

  constructor(
    private readonly verb: Verb,
    line: string,
    private readonly scene: Scene,
  ) {
    this.done = `${verb} `
    this.rest = line.replace(/^\S+\s+/, '')
  }

  read(): Reading {
    const slots = GRAMMAR[this.verb]
    for (const [i, slot] of slots.entries()) {
      if (TAKES_REST.has(slot)) return this.ended(slot, this.rest)
      const [, word = '', gap = '', after = ''] = /^(\S*)(\s*)([\s\S]*)$/.exec(this.rest) ?? []
      if (slot === 'priority' && this.verb === 'o' && word && !this.match('priority', word)) continue
      if (slot === 'unit' && this.verb === 'a' && !word) return this.ended('unit', '')
      const value = this.match(slot, word)
      const last = i === slots.length - 1
      if (value === null || (gap === '' && !last && !TAKES_REST.has(slots[i + 1]!))) {
        return this.ended(slot, word, value)
      }
      this.keep(slot, value)
      if (last || gap === '') return this.ended(slot, word, value)
      this.done += `${word} `
      this.rest = after
    }
    return this.ended('text', this.rest)
  }

  private keep(slot: Slot, value: string): void {
    if (slot === 'incident' && this.ids.incident !== undefined) this.ids.into = value
    else if (slot !== 'text' && slot !== 'place' && slot !== 'verb') this.ids[slot] = value
  }

  private ended(slot: Slot, typed: string, value: string | null = null): Reading {
    const suggestions = TAKES_REST.has(slot) ? [] : this.suggest(slot, typed)
    const command = this.command(typed, slot)
    return { verb: this.verb, slot, typed, command, suggestions, fault: this.fault(slot, typed, value, suggestions, command) }
  }

  private fault(slot: Slot, typed: string, value: string | null, suggestions: Suggestion[], command: Command | null): Reading['fault'] {
    if (command || !typed.trim() || TAKES_REST.has(slot)) return null
    if (this.verb === 'j' && value !== null && value === this.ids.incident && this.ids.into === value) return { code: 'same_incident', word: typed }
    if (value !== null || suggestions.length > 0) return null
    if (this.verb === 'r' && slot === 'unit') return { code: 'unit_free', word: typed }
    if (slot === 'incident') return { code: 'no_incident', word: typed }
    return { code: slot === 'unit' ? 'no_unit' : 'no_code', word: typed }
  }

  private match(slot: Slot, word: string): string | null {
    if (!word) return null
    switch (slot) {
      case 'incident': {
        if (word === '.' || word === 'ю') return this.scene.currentId
        const number = digits(word).replace(/^[№#]/, '')
        return this.scene.incidents.find((each) => String(each.number) === number)?.id ?? null
      }
      case 'unit': {
        const found = this.units().filter((each) => same(word, each.callSign))
        return found.length === 1 ? found[0]!.id : null
      }
      default:
        return this.matchCode(slot, word)
    }
  }

  private matchCode(slot: Slot, word: string): string | null {
    const codes = codesOf(slot)
    const exact = Object.entries(codes).find(([code]) => code === word.toLowerCase() || code === byKey(word))
    if (exact) return exact[1]
    if (word.length < 3) return null
    const values = Object.values(codes).filter((value) => this.named(slot, value, word))
    return values.length === 1 ? values[0]! : null
  }

  /** Whether the word begins the code's name in the present language or in English. */
  private named(slot: Slot, value: string, word: string): boolean {
    const typed = word.toLowerCase()
    const name = this.scene.word(slot as 'status', value).toLowerCase()
    return value.startsWith(typed) || name.startsWith(typed) || name.split(/[\s-]/).some((part) => part.startsWith(typed))
  }

  private units(): SceneUnit[] {
    if (this.verb !== 'r') return this.scene.units
    const sent = this.scene.incidents.find((each) => each.id === this.ids.incident)?.unitIds ?? []
    return this.scene.units.filter((each) => sent.includes(each.id))
  }

  private suggest(slot: Slot, typed: string): Suggestion[] {
    const more = TAKES_REST.has(GRAMMAR[this.verb].at(-1)!) || GRAMMAR[this.verb].at(-1) !== slot || (this.verb === 'j' && this.ids.incident === undefined)
    const entry = (value: string, code: string): Suggestion => ({ slot, value, code, line: `${this.done}${code}${more ? ' ' : ''}` })
    if (slot === 'incident') return this.incidents(typed).map((each) => entry(each.id, String(each.number)))
    if (slot === 'unit') {
      return this.ordered(this.units().filter((each) => begins(typed, each.callSign))).slice(0, LIMIT)
        .map((each) => entry(each.id, each.callSign.replace(/\s+/g, '')))
    }
    return Object.entries(codesOf(slot))
      .filter(([code, value]) => begins(typed, code) || (typed.length >= 2 && this.named(slot, value, typed)))
      .map(([code, value]) => entry(value, code))
  }

  private incidents(typed: string): SceneIncident[] {
    const number = typed === '.' ? '' : digits(typed).replace(/^[№#]/, '')
    let some = this.scene.incidents.filter((each) => String(each.number).startsWith(number))
    if (this.verb === 'q') some = some.filter((each) => each.unanswered)
    const rank = (each: SceneIncident) => (each.id === this.scene.currentId ? 0 : 1 + PRIORITIES.indexOf(each.priority))
    return [...some].sort((a, b) => rank(a) - rank(b) || a.number - b.number).slice(0, LIMIT)
  }

  /** Units to send: the recommended first, then the free, then the rest. */
  private ordered(units: SceneUnit[]): SceneUnit[] {
    if (this.verb !== 'a') return units
    const rank = (each: SceneUnit) => {
      const place = this.ids.incident === this.scene.currentId ? this.scene.recommended.indexOf(each.id) : -1
      if (place >= 0) return place
      return each.status === 'available' && !each.silent ? 100 : 200
    }
    return [...units].sort((a, b) => rank(a) - rank(b))
  }

  private command(typed: string, slot: Slot): Command | null {
    const { incident, into, unit, status, result, priority } = this.ids
    const said = TAKES_REST.has(slot) ? typed.trim() : ''
    switch (this.verb) {
      case 'a':
        return incident && unit ? { do: 'assign', incidentId: incident, unitId: unit } : null
      case 'r':
        return incident && unit ? { do: 'release', incidentId: incident, unitId: unit } : null
      case 's': {
        if (!unit || !status) return null
        const incidentId = this.scene.units.find((each) => each.id === unit)?.incidentId ?? null
        return { do: 'status', unitId: unit, status: status as SetStatus, incidentId }
      }
      case 'n':
        return incident && said ? { do: 'note', incidentId: incident, text: said } : null
      case 'c':
        return incident && result ? { do: 'close', incidentId: incident, result: result as IncidentResult, text: said } : null
      case 'p':
        return incident && priority ? { do: 'priority', incidentId: incident, priority: priority as Priority } : null
      case 'j':
        return incident && into && incident !== into ? { do: 'join', incidentId: incident, intoId: into } : null
      case 'q':
        return incident ? { do: 'acknowledge', incidentId: incident } : null
      case 'l':
        return said ? { do: 'look_up', text: said } : null
      case 'cam':
        return said ? { do: 'cameras', text: said.replace(/^sch\s*(?=\d)/i, 'школа ') } : null
      case 'u':
        return unit ? { do: 'show_unit', unitId: unit } : null
      case 'f':
        return said ? { do: 'show_place', query: said } : null
      case 'o': {
        const cls = this.ids.class as IncidentClass | undefined
        if (!cls || !said) return null
        return { do: 'open', class: cls, priority: (priority as Priority | undefined) ?? USUAL_PRIORITY[cls], query: said }
      }
    }
  }
}

function codesOf(slot: Slot): Record<string, string> {
  switch (slot) {
    case 'status':
      return STATUS_CODES
    case 'result':
      return RESULT_CODES
    case 'class':
      return CLASS_CODES
    case 'priority':
      return PRIORITY_CODES
    default:
      return {}
  }
}
