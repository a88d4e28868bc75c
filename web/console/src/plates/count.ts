import type { Client, Me } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useAlerts, useDesk } from '../desk/context'
import type { WatchEntry } from './types'

const EVERY_MS = 10_000

/** Entries that wait for a second person. */
export function useProposed(client: Client, mayDecide: boolean) {
  return useQuery({
    queryKey: ['watch', 'proposed'],
    queryFn: ({ signal }) => client.get<WatchEntry[]>('/api/qorgau/watch?state=proposed', signal),
    refetchInterval: EVERY_MS,
    enabled: mayDecide,
  })
}

/** What in the room of plates asks something of this desk: alerts without an answer, entries that others proposed. */
export function useAsking(): number {
  const desk = useDesk()
  const waiting = useWaitingEntries(desk.client, desk.me)
  return useAlerts().filter((alert) => alert.state === 'unconfirmed').length + waiting
}

/** Entries that this very person may decide: he is a second person and did not propose them. */
export function useWaitingEntries(client: Client, me: Me): number {
  const proposed = useProposed(client, mayDecide(me)).data ?? []
  return proposed.filter((each) => each.owner !== me.id).length
}

export const mayDecide = (me: Me): boolean => me.role === 'supervisor'
export const mayPropose = (me: Me): boolean => me.role === 'supervisor' || me.role === 'duty_officer'
