import type { FoundPlace, Incident, LogEntry, MapInfo, Recommendation } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useDesk } from './context'

/** The incident's units in the order to send them; asked again while the card is open, since units move. */
export function useRecommendation(incidentId: string | null, wanted = true) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['incident', incidentId, 'recommendation'],
    queryFn: ({ signal }) => client.get<Recommendation>(`/api/incidents/${incidentId}/recommendation`, signal),
    enabled: incidentId !== null && wanted,
    refetchInterval: 5_000,
    staleTime: 0,
    placeholderData: (before, query) => (query?.queryKey[1] === incidentId ? before : undefined),
  })
}

export function useLog(incidentId: string) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['incident', incidentId, 'log'],
    queryFn: ({ signal }) => client.get<LogEntry[]>(`/api/incidents/${incidentId}/log`, signal),
    staleTime: 0,
  })
}

/** An incident that has left the live picture: a closed one. */
export function useClosedIncident(incidentId: string, wanted: boolean) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['incident', incidentId, 'closed'],
    queryFn: ({ signal }) => client.get<Incident>(`/api/incidents/${incidentId}`, signal),
    enabled: wanted,
  })
}

export function useMapInfo() {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['map'],
    queryFn: ({ signal }) => client.get<MapInfo>('/api/map', signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: true,
    retryDelay: 3_000,
  })
}

/** The driving line from the best unit to the place. */
export function useRoute(from: [number, number] | null, to: [number, number] | null) {
  const { client } = useDesk()
  const key = from && to ? [...from, ...to].map((each) => each.toFixed(3)).join() : null
  return useQuery({
    queryKey: ['route', key],
    queryFn: ({ signal }) =>
      client.get<{ line: [number, number][]; seconds: number; metres: number; estimated: boolean }>(
        `/api/places/route?from=${from![0].toFixed(6)},${from![1].toFixed(6)}&to=${to![0].toFixed(6)},${to![1].toFixed(6)}`,
        signal,
      ),
    enabled: key !== null,
    staleTime: 30_000,
    placeholderData: (before) => before,
  })
}

/**
 * Places for what is typed. `current`: they are those of this very text; until then the last ones stand in the list, and
 * Enter must not take one of them: it may be the next house, or another street.
 */
export function usePlaces(typed: string) {
  const { client } = useDesk()
  const query = useDeferredValue(typed)
  const text = query.trim()
  const asked = text.length >= PLACE_MIN
  const places = useQuery({
    queryKey: ['places', text],
    queryFn: ({ signal }) => client.get<FoundPlace[]>(`/api/places/search?${new URLSearchParams({ q: text, limit: '6' })}`, signal),
    enabled: asked,
    staleTime: 60_000,
    placeholderData: (before) => before,
  })
  return {
    found: asked ? (places.data ?? []) : [],
    current: query === typed && asked && places.isSuccess && !places.isPlaceholderData,
    isFetching: places.isFetching || query !== typed,
    isError: places.isError,
  }
}

/** An answer that comes later than that is no longer expected: nothing is done then by itself. */
const ENTERED_FOR_MS = 5_000

/**
 * Enter that came before the answer to what was typed: it counts once the answer is there, unless something else was
 * typed since, or the search failed. Gives the function to call instead of `go` while there is none.
 */
export function useEntered(typed: string, { current, isError }: { current: boolean; isError: boolean }, go: () => void): () => void {
  const [entered, setEntered] = useState<{ text: string; at: number } | null>(null)
  const last = useRef(go)
  last.current = go
  useEffect(() => {
    if (!entered) return
    const over = entered.text !== typed || isError
    if (!over && !current) return
    setEntered(null)
    if (!over && performance.now() - entered.at < ENTERED_FOR_MS) last.current()
  }, [entered, typed, current, isError])
  return () => setEntered({ text: typed, at: performance.now() })
}

/** Less is no place yet. */
export const PLACE_MIN = 2
