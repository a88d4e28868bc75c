/** The views that the server sends, field for field as in its schemas. Times are RFC 3339 in UTC. */
export type Language = 'kk' | 'ru' | 'en'
export type Words = Record<Language, string>

export const PRIORITIES = ['emergency', 'urgent', 'routine', 'information'] as const
export type Priority = (typeof PRIORITIES)[number]

export const UNIT_STATUSES = [
  'available', 'assigned', 'en_route', 'on_scene', 'busy', 'off_shift', 'unavailable',
] as const
export type UnitStatus = (typeof UNIT_STATUSES)[number]

export const INCIDENT_CLASSES = [
  'school_alarm', 'sos_post', 'call', 'traffic', 'fight', 'theft', 'fire', 'medical', 'other',
] as const
export type IncidentClass = (typeof INCIDENT_CLASSES)[number]

export const RESULTS = ['resolved', 'false_alarm', 'duplicate', 'no_offence', 'handed_over', 'cancelled'] as const
export type IncidentResult = (typeof RESULTS)[number]

export type Role = 'operator' | 'duty_officer' | 'supervisor' | 'officer' | 'administrator' | 'auditor'

export interface Me {
  id: string
  name: string
  role: Role
  region: string
  region_name: Words
  language: Language
  method: 'password' | 'password+totp' | 'passkey' | 'oidc' | 'code'
  /** Nothing is open but the way to a second factor. */
  waiting: boolean
  /** Who it is was proved a moment ago. */
  fresh: boolean
}

/** What the map says about a site; a key is there only where something is known. */
export interface Plan {
  ref?: string
  operator?: string
  capacity?: string
  opening_hours?: string
  wheelchair?: string
  levels?: number
  underground_levels?: number
  contacts?: { phone?: string; email?: string; website?: string }
  entrances?: { lon: number; lat: number; kind: string; name?: string }[]
}

export interface Site {
  id: string
  kind: 'school' | 'police' | 'hospital' | 'park' | 'bank' | 'post'
  name: Words
  lon: number
  lat: number
  address: string
  district: (Words & { id: string }) | null
  plan: Plan
}

export interface Unit {
  id: string
  region: string
  call_sign: string
  kind: 'car' | 'foot' | 'motorcycle' | 'drone' | 'complex'
  vehicle: string | null
  crew: string[]
  skills: string[]
  district: string | null
  /** What the screens show; `kept_status` is what the unit did when it was last heard. */
  status: UnitStatus
  kept_status: UnitStatus
  since: string
  silent: boolean
  shift: { started_at: string } | null
  incident_id: string | null
}

export interface Device {
  id: string
  region: string
  kind: 'tablet' | 'post' | 'panic_button' | 'panel' | 'tracker' | 'camera'
  name: string
  site_id: string | null
  lon: number | null
  lat: number | null
  available: boolean
  last_seen: string | null
  test_until: string | null
  /** A fault that the device told of: `tamper`, `trouble`. */
  trouble: string | null
}

export interface Alarm {
  id: string
  region: string
  device_id: string
  device_name: string
  device_kind: Device['kind']
  site: Site | null
  level: 'help' | 'lockdown'
  state: 'open' | 'acknowledged' | 'closed'
  test: boolean
  presses: number
  raised_at: string
  last_press_at: string
  received_at: string
  /** Since when its present minute to escalation runs. */
  sounding_since: string
  acknowledged_at: string | null
  acknowledged_by: string | null
  escalated_at: string | null
  priority: Priority
}

export interface Assignment {
  unit_id: string
  call_sign: string
  status: 'assigned' | 'en_route' | 'on_scene' | 'released'
  assigned_at: string
  en_route_at: string | null
  on_scene_at: string | null
  released_at: string | null
  reason: string | null
  eta_s: number | null
  metres: number | null
  estimated: boolean | null
}

export interface Incident {
  id: string
  region: string
  number: number
  class: IncidentClass
  priority: Priority
  state: 'open' | 'dispatched' | 'on_scene' | 'closed'
  /** Not `known`: the middle of the map stands for it. */
  place: { lon: number; lat: number; known: boolean; label: Words; site_id: string | null; site: Site | null }
  title: Words
  callers: { name: string | null; phone: string | null }[]
  alarm_ids: string[]
  units_wanted: number
  assignments: Assignment[]
  times: Record<'received' | 'opened' | 'answered' | 'dispatched' | 'en_route' | 'on_scene' | 'closed', string | null>
  duplicates: string[]
  opened_by: string
  joined_into: string | null
  result: IncidentResult | null
  result_text: string | null
}

export interface Closure {
  id: string
  region: string
  /** Share of the usual speed that is left: 0 = closed. */
  factor: number
  until: string | null
  note: string
  street: string
  /** The roads it touches, for drawing. */
  lines: [number, number][][]
  set_by: string
  set_at: string
}

export interface Recommendation {
  /** Times are by straight line, not by road. */
  estimated: boolean
  /** Units still missing by the rule of the incident's class. */
  wanted: number
  units: {
    unit_id: string
    call_sign: string
    status: UnitStatus
    eta_s: number
    metres: number
    reason: { code: string; params: Record<string, string | number | boolean | null> }
  }[]
}

export interface LogEntry {
  seq: number
  id: string
  at: string
  kind: string
  actor: string
  actor_name: string | null
  data: Record<string, unknown>
}

export interface FoundPlace {
  kind: string
  label: Words
  detail: string | Words | null
  lon: number
  lat: number
  score: number
  id?: string
}

export interface Today {
  waiting: number
  answered_within_10s: number | null
  dispatched_within_60s: number | null
}

export interface MapInfo {
  id: string
  region: string
  name: string
  bounds: { west: number; south: number; east: number; north: number }
  centre: { lon: number; lat: number }
  /** Address of the PMTiles file; null where the map was made without one. */
  basemap: string | null
  attribution: string
  imported_at: string
}

/** [unit id, lon, lat, heading in degrees, km/h, time] */
export type Position = [string, number, number, number | null, number | null, string]
