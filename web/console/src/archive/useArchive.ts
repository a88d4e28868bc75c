import { useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useDesk } from '../desk/context'
import { Playback } from './playback'
import { joined, LONGEST_MS, type Span } from './span'
import type { Archive, ArchivePurpose, Moment } from './types'

const AGAIN_MS = 10_000
/** Asked for in steps, so that a moving view does not ask at each of its moves. */
const STEP_MS = 60_000

export function usePlayback(at: number): Playback {
  const [playback] = useState(() => new Playback(at))
  useEffect(() => () => playback.close(), [playback])
  return playback
}

export interface Row {
  cameraId: string
  archive: Archive | null
  error: unknown
  spans: Span[]
}

/** What is recorded of each camera around a view. */
export function useRows(cameraIds: readonly string[], view: Span): Row[] {
  const desk = useDesk()
  const length = view.until - view.from
  const from = Math.floor((view.from - length) / STEP_MS) * STEP_MS
  const until = Math.min(Math.ceil((view.until + length) / STEP_MS) * STEP_MS, from + LONGEST_MS)
  const found = useQueries({
    queries: cameraIds.map((id) => ({
      queryKey: ['archive', id, from, until],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        desk.client.get<Archive>(`/api/cameras/${id}/archive?${new URLSearchParams({ since: new Date(from).toISOString(), until: new Date(until).toISOString() })}`, signal),
      refetchInterval: until > Date.now() - STEP_MS ? AGAIN_MS : (false as const),
      placeholderData: (before: Archive | undefined) => (before?.camera_id === id ? before : undefined),
      retry: false,
    })),
  })
  return cameraIds.map((cameraId, n) => {
    const archive = found[n]?.data ?? null
    return {
      cameraId,
      archive,
      error: found[n]?.error ?? null,
      spans: (archive?.ranges ?? []).map((each) => ({ from: Date.parse(each.since), until: Date.parse(each.until) })),
    }
  })
}

export function useRecorded(rows: readonly Row[]): Span[] {
  const key = rows.map((row) => row.spans.map((each) => `${each.from}-${each.until}`).join()).join('|')
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the key is what the rows say
  return useMemo(() => rows.flatMap((row) => row.spans).reduce<Span[]>((all, each) => joined(all, each), []), [key])
}

export function useArchivePurposes(): ArchivePurpose[] {
  const desk = useDesk()
  const found = useQuery({
    queryKey: ['archive', 'purposes'],
    queryFn: ({ signal }) => desk.client.get<ArchivePurpose[]>('/api/archive/purposes', signal),
    staleTime: 600_000,
  })
  return found.data ?? []
}

export function useMoment(incidentId: string | null): Moment | null {
  const desk = useDesk()
  const found = useQuery({
    queryKey: ['archive', 'moment', incidentId],
    queryFn: ({ signal }) => desk.client.get<Moment>(`/api/incidents/${incidentId}/archive`, signal),
    enabled: incidentId !== null,
    staleTime: 5_000,
  })
  return found.data ?? null
}

/** What the cameras are called. */
export function useNames(cameraIds: readonly string[]): Map<string, string> {
  const desk = useDesk()
  const found = useQueries({
    queries: cameraIds.map((id) => ({
      queryKey: ['camera', id, 'name'],
      queryFn: ({ signal }: { signal: AbortSignal }) => desk.client.get<{ id: string; name: string }>(`/api/cameras/${id}`, signal),
      staleTime: 600_000,
    })),
  })
  return new Map(cameraIds.map((id, n) => [id, found[n]?.data?.name ?? '…']))
}
