import type { Desk } from '../desk/desk'
import { Cell } from '../desk/store'

export interface Looked {
  cameraIds: string[]
  /** ms since 1970; null: the incident's moment, or a minute ago. */
  at: number | null
  incidentId: string | null
}

/** What the archive is open with; it stays while one works elsewhere. */
export const looked = new Cell<Looked>({ cameraIds: [], at: null, incidentId: null })

/** To the archive: these cameras, or those of an incident at its moment. */
export function openArchive(desk: Desk, what: Partial<Looked>): void {
  looked.set({ cameraIds: [], at: null, incidentId: null, ...what })
  desk.screen.set({ room: 'cameras', camerasTab: 'archive' })
}
