import { type Incident, useCollection } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useDesk, useScreen } from '../../desk/context'
import type { Folder, Opening } from '../types'
import { firstInLine, inLine, onTheWall } from './choose'

export const useOpenings = (): Opening[] => useCollection<Opening>(useDesk().feed, 'openings')

/** What stands on this screen's wall of alarms, what waits behind it, and what was put away. */
export function useFirstInLine(): { shown: Opening | null; behind: Opening[] } {
  const openings = useOpenings()
  const hidden = useScreen((screen) => screen.wallsAway)
  const last = useRef<string | null>(null)
  const shown = firstInLine(openings, last.current, hidden)
  useEffect(() => {
    last.current = shown?.id ?? null
  }, [shown])
  const behind = useMemo(() => inLine(openings).filter((each) => each.id !== shown?.id), [openings, shown])
  return { shown, behind }
}

/** The tiles of an opening; a name says what its site does not say already. */
export function useWallCameras(opening: Opening) {
  return useMemo(() => onTheWall(opening.cameras).map((each) => ({ ...each, name: shortName(each.name, opening.site) })), [opening])
}

function shortName(name: string, site: Opening['site']): string {
  const told = Object.values(site.name).find((each) => each && name.endsWith(`, ${each}`))
  return told ? name.slice(0, -told.length - 2) : name
}

export function useFolder(siteId: string) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['site', siteId, 'folder'],
    queryFn: ({ signal }) => client.get<Folder>(`/api/sites/${siteId}/folder`, signal),
    staleTime: 60_000,
  })
}

export function useIncidentOf(opening: Opening): Incident | undefined {
  return useCollection<Incident>(useDesk().feed, 'incidents').find((each) => each.id === opening.incident_id)
}
