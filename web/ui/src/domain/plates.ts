/** Number plates and Qorgau as the server sends them, field for field as in its schemas. Times are RFC 3339 in UTC. */
import type { Words } from './types'

export const GROUNDS = [
  'wanted', 'uninsured', 'unpaid_fines', 'systematic', 'department', 'two_places', 'looks_differ', 'not_on_register', 'impossible_plate',
] as const
export type GroundCode = (typeof GROUNDS)[number]
/** Grounds that are seen in the reads themselves; the others stand in a list. */
export const FALSE_PLATE: readonly GroundCode[] = ['two_places', 'looks_differ', 'not_on_register', 'impossible_plate']

export type WatchAction = 'stop' | 'observe' | 'inform'

export const ALERT_STATES = ['unconfirmed', 'seen', 'confirmed', 'stopped', 'refuted', 'lost', 'ended'] as const
export type AlertState = (typeof ALERT_STATES)[number]

export const ALERT_ANSWERS = ['seen', 'confirmed', 'stopped', 'refuted', 'lost'] as const
export type AlertAnswer = (typeof ALERT_ANSWERS)[number]

export const REFUTED_FOR = ['other_plate', 'other_vehicle', 'list_wrong', 'insured', 'paid', 'no_reason_to_stop'] as const
export type RefutedFor = (typeof REFUTED_FOR)[number]

export interface ReadCamera {
  number: number
  id: string
  name: string
  lon: number
  lat: number
  heading: number | null
}

/** One passing of one car under one camera. */
export interface PlateRead {
  id: string
  plate: string
  series: string | null
  region: string | null
  at: string
  heard_at: string
  camera: ReadCamera
  heading: number | null
  speed_kmh: number | null
  confidence: number
  weakest: number
  frames: number
  /** The make by its name; colour and body by their codes, which the screens have words for. */
  make: string | null
  colour: string | null
  body: string | null
  grounds: GroundCode[]
  score: number
  /** Addresses of the pictures, null where there is none. */
  pictures: { plate: string | null; car: string | null }
  reader: string
}

export interface AlertGround {
  code: GroundCode
  score: number
  entry_id: string | null
  why: Words | string
  source: string
  as_of: string | null
}

export const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const
export type Compass = (typeof COMPASS)[number]

export interface AlertUnit {
  unit_id: string
  call_sign: string
  /** As of the alert's `updated_at`; `meets_at` does not age. */
  minutes_left: number
  meets_at: string
  chance: number
  meet: { lon: number; lat: number; label: string; compass: Compass | null; street: string }
  told_at: string
  answer: AlertAnswer | null
}

/** What the register says of the plate, to be compared with what was seen. */
export interface RegisterCar {
  make: string
  model: string
  colour: string
  body: string
  state: string
  insured_until: string | null
}

export interface AlertView {
  id: string
  region: string
  plate: string
  series: string | null
  state: AlertState
  /** An officer saw that plate and vehicle are those of the alert; until then every screen says "unconfirmed". */
  confirmed: boolean
  action: WatchAction
  /** 1 the gravest. */
  priority: number
  grounds: AlertGround[]
  /** 0…100, how sure. */
  score: number
  read: PlateRead
  passings: { read_id: string; at: string; camera: Pick<ReadCamera, 'number' | 'name' | 'lon' | 'lat'>; heading: number | null }[]
  /** One plate at two places faster than the road allows. */
  pair: { before: PlateRead; metres: number; seconds: number; fastest_s: number } | null
  units: AlertUnit[]
  register: RegisterCar | null
  opened_at: string
  updated_at: string
  ends_at: string
  answers: { unit_id: string | null; account: string | null; answer: AlertAnswer; reason: RefutedFor | null; at: string }[]
}
