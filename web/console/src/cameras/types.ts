import type { Words } from '@jedel/ui'

export type Zone = 'surroundings' | 'entrance' | 'stairs' | 'classroom' | 'corridor' | 'street'

/** What a tile must know of its camera, wherever it comes from. */
export interface TileCamera {
  id: string
  name: string
  zone: Zone | null
  floor: number | null
  ptz: boolean
}

/** A camera of the registry, as far as walls need it. */
export interface Camera extends TileCamera {
  number: number
  kind: string
  site_id: string | null
  lon: number
  lat: number
  heading: number | null
  fov: number | null
  state: 'up' | 'down' | 'unknown'
}

export interface OnPlan {
  x: number
  y: number
}

export interface OpeningCamera extends TileCamera {
  number: number
  kind: string
  lon: number
  lat: number
  plan: OnPlan | null
  heading: number | null
  fov: number | null
  range_m: number | null
  part: 'site' | 'street'
  /** The button lies in its picture. */
  sees: boolean
}

/** What an incident has opened; `opened_at` is null while a second person is waited for. */
export interface Opening {
  id: string
  region: string
  incident_id: string
  site_id: string
  level: 'help' | 'lockdown'
  alarm_id: string | null
  device_id: string | null
  site: { id: string; kind: string; name: Words; lon: number; lat: number; address: string }
  button: { zone: Zone; floor: number; plan: OnPlan } | null
  contacts: { name: string; post: string; phone: string }[]
  cameras: OpeningCamera[]
  purpose: string
  asked_by: string | null
  asked_at: string | null
  approved_by: string | null
  opened_at: string | null
}

export interface FloorPlan {
  floor: number
  outline: [number, number][]
  rooms: { name: string; zone: Zone; corners: [number, number][] }[]
}

export interface Folder {
  site_id: string
  contacts: { name: string; post: string; phone: string }[]
  floors: FloorPlan[]
  updated_at: string | null
}

export interface Wall {
  id: string
  region: string
  account_id: string
  name: string
  layout: string
  tiles: (string | null)[]
  shared: boolean
  updated_at: string
}
