import type { Camera } from '../types'

/** What the card of one camera shows beside what a tile needs. */
export interface CameraCard extends Camera {
  owner: string
  fault: string | null
  since: string | null
  recording_now: boolean
  source: 'rtsp' | 'push' | 'srt'
}

/** A state's word: of one that sends to us when it likes, *unknown* means that it does not send now. */
export const stateWord = (state: string, source: string | undefined): string =>
  `camstate.${state === 'unknown' && source !== undefined && source !== 'rtsp' ? 'not_sending' : state}`

export interface HealthSummary {
  up: number
  recording: number
  down: number
  unknown: number
  faults: Record<string, number>
  orders_open: number
}

export type OrderState = 'opened' | 'sent' | 'acknowledged' | 'done'

export interface Unavailable {
  id: string
  number: number
  name: string
  kind: string
  site_id: string | null
  zone: string | null
  lon: number
  lat: number
  owner: string
  owner_contact: string
  code: string
  detail: string
  since: string
  order: { id: string; number: number; state: OrderState } | null
}

export interface CameraFault {
  id: string
  code: string
  detail: string
  since: string
  until: string | null
}

export interface WorkOrder {
  id: string
  number: number
  camera_id: string
  camera_name: string
  camera_number: number
  code: string
  since: string
  until: string | null
  owner: string
  contact: string
  state: OrderState
  note: string
  opened_at: string
  text: Record<'kk' | 'ru' | 'en', string>
}

export interface Requirement {
  required: number | null
  found: number | null
  met: boolean | null
}

export interface Compliance {
  site: { id: string; name: Record<'kk' | 'ru' | 'en', string>; address: string }
  rules: { as_of: string; source: string | null }
  made_at: string
  days: number
  zones: ({ zone: string; up: number } & Requirement)[]
  retention: Requirement
  health: Requirement
  met: boolean | null
  cameras: {
    id: string
    number: number
    name: string
    zone: string | null
    state: 'up' | 'down' | 'unknown'
    fault: string | null
    width: number | null
    height: number | null
    fps: number | null
    resolution_met: boolean | null
    keep_days: number
    kept_days: number | null
    retention_met: boolean | null
    seen_share: number | null
    health_met: boolean | null
    faults: number
  }[]
}
