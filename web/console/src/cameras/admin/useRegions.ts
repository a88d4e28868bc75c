import { inWords } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import type { Desk, Region } from './types'

/** The regions that a camera may be offered to, in the order of their names. */
export function useRegions(desk: Desk): Region[] {
  const found = useQuery({ queryKey: ['regions'], queryFn: ({ signal }) => desk.client.get<Region[]>('/api/camera-handovers/regions', signal), staleTime: Number.POSITIVE_INFINITY }).data ?? []
  return [...found].sort((a, b) => inWords(a.name).localeCompare(inWords(b.name)))
}

/** What a region is called; its code where nobody has told its name yet. */
export function regionName(code: string, desk: Desk, regions: Region[]): string {
  if (code === desk.me.region) return inWords(desk.me.region_name) || code
  return inWords(regions.find((each) => each.region === code)?.name) || code
}
