import { newId, problemText, useCollection } from '@jedel/ui'
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import type { Camera, TileCamera, Wall } from '../types'

const CHANNEL = 'jedel-walls'
const ASK_AGAIN_MS = 10_000

/** One's own walls and those that the region's seats share; shared ones change by themselves. */
export function useWalls(): Wall[] {
  const desk = useDesk()
  const queries = useQueryClient()
  const shared = useCollection<Wall>(desk.feed, 'walls')
  const own = useQuery({
    queryKey: ['walls'],
    queryFn: ({ signal }) => desk.client.get<Wall[]>('/api/walls', signal),
    refetchInterval: ASK_AGAIN_MS,
  })
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = () => void queries.invalidateQueries({ queryKey: ['walls'] })
    return () => channel.close()
  }, [queries])
  return useMemo(() => {
    const mine = (own.data ?? []).filter((each) => !each.shared)
    return [...mine, ...shared].sort((a, b) => a.name.localeCompare(b.name))
  }, [own.data, shared])
}

export interface WallDraft {
  name: string
  layout: string
  tiles: (string | null)[]
  shared: boolean
}

/** Saves and deletes; other windows of this browser hear of it at once. */
export function useWallActions() {
  const desk = useDesk()
  const queries = useQueryClient()
  const { t } = useTranslation()
  const told = useCallback(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.postMessage('changed')
    channel.close()
    return queries.invalidateQueries({ queryKey: ['walls'] })
  }, [queries])
  const save = useCallback(
    async (id: string, draft: WallDraft): Promise<Wall | null> => {
      try {
        const saved = await desk.client.put<Wall>(`/api/walls/${id}`, { id: newId(), ...draft })
        await told()
        return saved
      } catch (error) {
        desk.notify('refused', problemText(error, t))
        return null
      }
    },
    [desk, t, told],
  )
  const remove = useCallback(
    async (id: string) => {
      try {
        await desk.client.delete(`/api/walls/${id}?command=${newId()}`)
        await told()
      } catch (error) {
        desk.notify('refused', problemText(error, t))
      }
    },
    [desk, t, told],
  )
  return { save, remove }
}

/** Until the registry says more: its picture need not wait for its name. */
const unnamed = (id: string): TileCamera => ({ id, name: '…', zone: null, floor: null, ptz: false })

/** The cameras of a wall's tiles; null where a tile is empty, and where the camera is no more. */
export function useTileCameras(tiles: (string | null)[]): (TileCamera | null)[] {
  const { client } = useDesk()
  const ids = [...new Set(tiles.filter((each): each is string => each !== null))]
  const asked = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['camera', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => client.get<Camera>(`/api/cameras/${id}`, signal),
      staleTime: 60_000,
    })),
  })
  const known = new Map(ids.map((id, i) => [id, asked[i]?.data ?? (asked[i]?.isPending ? unnamed(id) : null)]))
  return tiles.map((id) => (id && known.get(id)) || null)
}

export function useCameraSearch(text: string) {
  const { client } = useDesk()
  const wanted = text.trim()
  return useQuery({
    queryKey: ['cameras', 'search', wanted],
    queryFn: ({ signal }) => client.get<Camera[] | { cameras: Camera[] }>(`/api/cameras?q=${encodeURIComponent(wanted)}&best=true&limit=40`, signal),
    select: (answer) => (Array.isArray(answer) ? answer : answer.cameras),
    placeholderData: (before) => before,
    staleTime: 10_000,
  })
}
