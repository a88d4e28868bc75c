import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../desk/context'
import type { Mobile } from './drones'

/** While something flies its footprint moves every second; else it is enough to hear in time of a new one. */
const BUSY_MS = 1_000
const CALM_MS = 15_000

/** Drones and mobile complexes, each with the last that it said of itself. */
export function useMobiles() {
  const desk = useDesk()
  return useQuery({
    queryKey: ['mobile'],
    queryFn: ({ signal }) => desk.client.get<Mobile[]>('/api/mobile', signal),
    refetchInterval: ({ state }) => (state.data?.some((each) => each.pose) ? BUSY_MS : CALM_MS),
  })
}
