import { type Client, isGravest } from '@jedel/ui'
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
  const proposed = useProposed(desk.client, desk.mayDispatch).data ?? []
  const alerts = useAlerts().filter((alert) => alert.state === 'unconfirmed').length
  return alerts + proposed.filter((each) => each.owner !== desk.me.id).length
}

export const gravestOf = <T extends Parameters<typeof isGravest>[0]>(alerts: T[]): T[] => alerts.filter((alert) => isGravest(alert))
