import type { Words } from '@jedel/ui'
import type { Zone } from '../types'

export const KINDS = ['fixed', 'ptz', 'mobile', 'drone', 'badge', 'post'] as const
export const ZONES: Zone[] = ['street', 'surroundings', 'entrance', 'corridor', 'stairs', 'classroom']
export const SOURCES = ['rtsp', 'push', 'srt'] as const
export const RECORDINGS = ['off', 'event', 'always'] as const
export const ACTIONS = ['live', 'archive', 'ptz', 'export'] as const
export const STATES = ['up', 'down', 'unknown'] as const

/** A camera of the registry, whole. Addresses of streams come to administrators only. */
export interface RegistryCamera {
  id: string
  number: number
  name: string
  kind: (typeof KINDS)[number]
  site_id: string | null
  zone: Zone | null
  lon: number
  lat: number
  heading: number | null
  fov: number | null
  range_m: number | null
  owner: string
  owner_contact: string
  external_id: string | null
  source: (typeof SOURCES)[number]
  streams: { name: 'main' | 'sub'; codec: string; width: number; height: number; fps: number; url: string | null }[]
  credentials: boolean
  ptz: boolean
  onvif: boolean
  masked: boolean
  recording: (typeof RECORDINGS)[number]
  keep_days: number
  enabled: boolean
  state: (typeof STATES)[number]
  fault: string | null
  groups: string[]
}

export interface Group {
  id: string
  name: string
  cameras: number
}

export interface Right {
  id: string
  effect: 'allow' | 'deny'
  role: string | null
  account_id: string | null
  account_name: string | null
  unit_id: string | null
  group_id: string | null
  actions: (typeof ACTIONS)[number][]
  weekly: { days: number[]; start: number; end: number }[]
  from_at: string | null
  until_at: string | null
  note: string
  in_force: boolean
}

export type Corner = [number, number]

export interface Masks {
  camera_id: string
  masks: Corner[][]
  waiting: string | null
}

export interface MaskChange {
  id: string
  camera_name: string
  masks: Corner[][]
  before: Corner[][]
  purpose: string
  proposed_by: string
  proposed_by_name: string
  proposed_at: string
}

export interface Unmasking {
  id: string
  camera_name: string
  requested_by: string
  requested_by_name: string
  requested_at: string
  purpose: string
  case_number: string | null
  minutes: number
  until_at: string | null
  state: 'waiting' | 'granted' | 'refused' | 'over'
}

export interface Handover {
  id: string
  camera_name: string
  from_region: string
  to_region: string
  note: string
  offered_by_name: string
  offered_at: string
}

/** One that a camera may be offered to. */
export interface Region {
  region: string
  name: Words
}

export interface Imported {
  added: number
  changed: number
  unchanged: number
  rejected: number
  rejects: { line: number; column: string; reason: string }[]
}

export interface Heard {
  url: string
  name: string
  hardware: string
  known: boolean
}

export interface Described {
  manufacturer: string
  model: string
  firmware: string
  serial: string
  clock_error_ms: number | null
  profiles: { token: string; name: string; codec: string; width: number; height: number; fps: number; ptz: boolean }[]
}

/** What every part of the registry's screen is given. */
export interface Desk {
  client: import('@jedel/ui').Client
  me: import('@jedel/ui').Me
  say: (text: string) => void
}
