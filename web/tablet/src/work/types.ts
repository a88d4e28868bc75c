/** What the live feed brings to a tablet; the views themselves are those of every screen. */
import type { AlertView, Incident, Unit } from '@jedel/ui'

export type { AlertView, Assignment, Incident, Language, Plan, Site, Unit, UnitStatus, Words } from '@jedel/ui'

/** How far one unit has come with one incident; it only goes forward. */
export type Step = 'assigned' | 'en_route' | 'on_scene' | 'released'

/** An entry of the centre's journal. */
export interface LiveEvent {
  type: 'event'
  seq: number
  id: string
  at: string
  kind: string
  actor: string
  /** `released`: units that are told of an alert no longer. */
  data?: { released?: string[]; [other: string]: unknown }
  changed: { units?: Unit[]; incidents?: Incident[]; alerts?: AlertView[]; [other: string]: unknown }
  gone: { incidents?: string[]; alerts?: string[]; [other: string]: unknown }
}

export interface LiveSnapshot {
  type: 'snapshot'
  seq: number
  unit: Unit | null
  incidents: Incident[]
  /** Alerts of number plates of which this unit was told. */
  alerts?: AlertView[]
}

export type LiveMessage = LiveSnapshot | LiveEvent | { type: 'ping'; at?: string }
