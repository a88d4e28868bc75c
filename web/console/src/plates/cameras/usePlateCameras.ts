import type { Client } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { PlateCamera } from '../types'

const EVERY_MS = 10_000

interface Count {
  at: number
  reads: number
}

/** The region's plate cameras, and how many reads each gave a minute, from two looks at its counter. */
export function usePlateCameras(client: Client) {
  const query = useQuery({
    queryKey: ['plate-cameras'],
    queryFn: ({ signal }) => client.get<PlateCamera[]>('/api/plates/cameras', signal),
    refetchInterval: EVERY_MS,
  })
  const [looks, setLooks] = useState<{ first: Map<string, Count>; last: Map<string, Count> }>({ first: new Map(), last: new Map() })
  useEffect(() => {
    if (!query.data) return
    const at = query.dataUpdatedAt
    const last = new Map(query.data.map((each) => [each.id, { at, reads: each.state.reads }]))
    setLooks((now) => {
      const first = new Map([...last].map(([id, count]) => {
        const before = now.first.get(id)
        // A minute is enough to look back: what was an hour ago is no rate of now.
        return [id, before && at - before.at < 90_000 && before.reads <= count.reads ? before : (now.last.get(id) ?? count)]
      }))
      return { first, last }
    })
  }, [query.data, query.dataUpdatedAt])
  const perMinute = useCallback(
    (id: string): number | null => {
      const [first, last] = [looks.first.get(id), looks.last.get(id)]
      if (!first || !last || last.at - first.at < EVERY_MS / 2) return null
      return Math.max(0, Math.round(((last.reads - first.reads) * 60_000) / (last.at - first.at)))
    },
    [looks],
  )
  return { cameras: query.data, error: query.isError ? query.error : null, perMinute }
}
