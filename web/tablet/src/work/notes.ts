/** What people wrote about an incident, from its log: the newest first, since that is what a crew must not miss. */
import type { LogEntry } from '@jedel/ui'

export interface NoteLine {
  id: string
  at: string
  text: string
}

export const NOTES_SHOWN_MAX = 20

export function notesOf(log: readonly LogEntry[]): NoteLine[] {
  return log
    .flatMap((entry): NoteLine[] => {
      const text = entry.kind === 'dispatch.noted' ? entry.data['text'] : entry.data['note']
      return typeof text === 'string' && text ? [{ id: entry.id, at: entry.at, text }] : []
    })
    .reverse()
    .slice(0, NOTES_SHOWN_MAX)
}
