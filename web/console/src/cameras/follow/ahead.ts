import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../../desk/context'
import type { Camera } from '../types'

/** What is followed: a patrol, or a car that has a live alert; never a person. */
export interface Follow {
  kind: 'unit' | 'alert'
  id: string
  label: string
}

const AGAIN_MS = 2_000
export const FOLLOW_TILES = 4

/** The cameras ahead, soonest first; asked anew while the drive goes on. */
export function useAhead(follow: Follow) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['ahead', follow.kind, follow.id],
    queryFn: ({ signal }) => client.get<(Camera & { seconds?: number })[]>(`/api/cameras/ahead?${follow.kind}=${follow.id}&limit=${FOLLOW_TILES}`, signal),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  })
}

/** New cameras on the tiles of those that left; one that stays keeps its tile and its picture. */
export function settled(before: (string | null)[], now: string[]): (string | null)[] {
  const kept = before.map((id) => (id !== null && now.includes(id) ? id : null))
  const fresh = now.filter((id) => !kept.includes(id))
  return kept.map((id) => id ?? fresh.shift() ?? null)
}
