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
  law: string | null
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
  law: string | null
  needs: 'case' | 'incident' | 'either'
  max_days: number
  actions: WatchAction[]
  until: string | null
}

export interface PlateCamera {
  id: string
  number: number
  region: string
  name: string
  lon: number
  lat: number
  heading: number | null
  driver: string
  enabled: boolean
  clock_error_ms: number | null
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

export interface Found {
  search_id: string
  reads: PlateRead[]
  more: boolean
  limited_to: string
}
