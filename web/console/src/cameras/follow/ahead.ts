import type { AlertView } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useAlerts, useDesk } from '../../desk/context'
import type { Camera } from '../types'

/** What is followed: a patrol, or a car that has a live alert; never a person. */
export interface Follow {
  kind: 'unit' | 'alert'
  id: string
  label: string
}

const AGAIN_MS = 2_000
export const FOLLOW_TILES = 4

/** The cameras ahead, soonest first; asked anew while the drive goes on. A car is followed from where a camera last
 * read its plate, for as long as its alert is open. */
export function useAhead(follow: Follow) {
  const { client } = useDesk()
  const alert = useAlerts().find((each) => follow.kind === 'alert' && each.id === follow.id)
  const from = follow.kind === 'unit' ? `unit_id=${follow.id}` : alert ? lastRead(alert) : null
  return useQuery({
    queryKey: ['ahead', from],
    queryFn: async ({ signal }) => (await client.get<{ cameras: Coming[] }>(`/api/cameras/ahead?${from}&limit=${FOLLOW_TILES}`, signal)).cameras,
    enabled: from !== null,
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  })
}

/** Where and which way the car drove when it was read last. */
function lastRead(alert: AlertView): string | null {
  const last = alert.passings.filter((each) => each.heading !== null).sort((a, b) => (a.at < b.at ? 1 : -1))[0]
  return last ? `lon=${last.camera.lon}&lat=${last.camera.lat}&heading=${last.heading}` : null
}

interface Coming {
  camera: Camera
  metres: number
  seconds: number
}

/** New cameras on the tiles of those that left; one that stays keeps its tile and its picture. */
export function settled(before: (string | null)[], now: string[]): (string | null)[] {
  const kept = before.map((id) => (id !== null && now.includes(id) ? id : null))
  const fresh = now.filter((id) => !kept.includes(id))
  return kept.map((id) => id ?? fresh.shift() ?? null)
}
