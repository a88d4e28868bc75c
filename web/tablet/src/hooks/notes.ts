import { useEffect, useState } from 'react'

import { keep, read } from '../offline/store'
import { notesOf, type NoteLine } from '../work/notes'
import type { Tablet } from '../work/tablet'
import type { Incident } from '../work/types'

interface Known {
  incident: string
  notes: NoteLine[]
}

/** The incident's notes: asked again with each change of it, kept for times without a link. */
export function useNotes(tablet: Tablet, incident: Incident, linked: boolean): NoteLine[] {
  const [known, setKnown] = useState<Known | null>(null)
  useEffect(() => {
    let gone = false
    void (async () => {
      const kept = await read<Known>(tablet.db, 'notes')
      if (!gone && kept?.incident === incident.id) setKnown((now) => now ?? kept)
      if (!linked) return
      const reply = await tablet.api.log(incident.id)
      if (gone || reply.kind !== 'taken') return
      const fresh = { incident: incident.id, notes: notesOf(reply.body) }
      setKnown(fresh)
      await keep(tablet.db, 'notes', fresh)
    })()
    return () => {
      gone = true
    }
  }, [tablet, incident, linked])
  return known?.incident === incident.id ? known.notes : []
}
