/** Views of lists, cameras, searches and rates, as in the schemas of jedel/qorgau and jedel/plates. */
import type { GroundCode, PlateRead, WatchAction, Words } from '@jedel/ui'

export const ENTRY_STATES = ['proposed', 'active', 'refused', 'revoked', 'expired'] as const
export type EntryState = (typeof ENTRY_STATES)[number]

export interface WatchEntry {
  id: string
  region: string
  list_id: string | null
  plate: string
  ground: GroundCode
  legal: string
  /** Of the legal ground. */
  names: Words
  law: Words | null
  action: WatchAction
  until: string
  source: string
  reason: string
  incident_id: string | null
  case_number: string | null
  state: EntryState
  owner: string
  owner_name: string | null
  proposed_at: string
  decided_by: string | null
  decided_at: string | null
  ended_by: string | null
  ended_at: string | null
  end_reason: string | null
}

export interface LegalGround {
  code: string
  ground: GroundCode
  names: Words
  law: Words | null
  needs: 'case' | 'incident' | 'either'
  max_days: number
  actions: WatchAction[]
  until: string | null
}

/** A file of entries; `terms` is its first entry, which says what all of them are. */
export interface WatchList {
  id: string
  name: string
  rows: number
  proposed_at: string
  terms: WatchEntry
  states: Partial<Record<EntryState, number>>
}

/** A ground that the registers give; off while a register that it needs is missing or too old. */
export interface ComputedGround {
  ground: GroundCode
  stands: boolean
  why: 'ok' | 'stale' | 'missing' | 'waiting'
  register_name: string | null
  source: string | null
  as_of: string | null
  stale_days: number
  action: WatchAction
  rows: number
  computed_at: string | null
}

export interface WatchSettings {
  since: string
  uninsured: { grace_days: number }
  unpaid_fines: { count: number; sum_tenge: number; due_days: number }
  systematic: { count: number; period_days: number }
  grounds: ComputedGround[]
}

export const DRIVERS = ['http', 'onvif', 'mqtt', 'frames'] as const

export interface PlateCamera {
  number: number
  id: string
  region: string
  name: string
  road: string
  lon: number
  lat: number
  heading: number | null
  driver: (typeof DRIVERS)[number]
  mapping: Record<string, unknown>
  device_id: string | null
  enabled: boolean
  clock_error_ms: number | null
  clock_wrong: boolean
  state: { heard_at: string | null; reads: number; faults: Record<string, number>; fault: string | null; fault_at: string | null }
}

export interface Rate {
  by: 'camera' | 'ground' | 'source' | 'reader'
  key: string
  name: string
  alerts: number
  answered: number
  confirmed: number
  refuted: number
  reasons: Record<string, number>
  rate: number | null
}

export interface Rates {
  since: string
  until: string
  rates: Rate[]
  left_out: { why: string; hits: number }[]
}

interface Answered {
  search_id: string
  state: 'asked' | 'granted' | 'refused'
  refusal: string | null
  more: boolean
  /** From when on this role may see anything, where more was asked for. */
  limited_to: string | null
}

export interface Found extends Answered {
  reads: PlateRead[] | null
}

export interface Pair {
  plate: string
  a: PlateRead
  b: PlateRead
  seconds: number
}

export interface FoundPairs extends Answered {
  pairs: Pair[] | null
}
