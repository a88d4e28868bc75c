import type { Words } from '@jedel/ui'

export interface Stretch {
  since: string
  until: string
}

export interface ArchiveEvent {
  kind: 'incident' | 'alarm' | 'fault' | 'recording'
  id: string
  at: string
  until: string | null
  what: string
  number: number | null
  priority: string | null
}

export interface Archive {
  camera_id: string
  since: string
  until: string
  first: string | null
  ranges: Stretch[]
  gaps: Stretch[]
  events: ArchiveEvent[]
  dropped: number
  keep_days: number | null
  masked: boolean
  more: boolean
}

export interface ArchivePurpose {
  code: string
  names: Words
  needs: 'incident' | 'case' | 'either'
}

/** Why one looks back: goes into the journal before anything is read. */
export interface Why {
  purpose: string
  incidentId: string | null
  caseNumber: string | null
}

export interface Moment {
  incident_id: string
  moment: string
  closed_at: string | null
  cameras: { id: string; name: string; zone: string | null; floor: number | null; recorded: boolean; allowed: boolean }[]
}

export interface ExportView {
  id: string
  camera_id: string
  since: string
  until: string
  asked_at: string
  made_at: string | null
  bytes: number | null
  sha256: string | null
  fault: string | null
  unmasked: boolean
}
