import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../../desk/context'
import type { Camera } from '../types'

/** A place that is looked at by cameras. */
export interface LookedAt {
  lon: number
  lat: number
  label: string
  /** For which it is looked at. */
  incident?: string
}

/** A camera and how it stands to the place; as `/api/cameras/looking-at` says it. */
export interface Looking {
  camera: Camera
  sees: 'well' | 'turns' | 'around' | 'far'
  metres: number
}

export const TILES = 6
export const TILES_MAX = 9
const FOUND = 24
const AGAIN_MS = 10_000

/** The cameras that look at the place, the best first; their states again every ten seconds. */
export function useLooking(place: LookedAt) {
  const { client } = useDesk()
  return useQuery({
    queryKey: ['looking', place.lon, place.lat],
    queryFn: ({ signal }) => client.get<Looking[]>(`/api/cameras/looking-at?lon=${place.lon}&lat=${place.lat}&limit=${FOUND}`, signal),
    refetchInterval: AGAIN_MS,
    placeholderData: (before) => before,
  })
}

const INSIDE = new Set(['entrance', 'stairs', 'classroom', 'corridor'])

/** Those that come up by themselves: what sees the place and works; inside of a site a quiet day shows nothing. */
export function atOnce(found: Looking[]): string[] {
  const shown = found.filter(({ camera, sees }) => camera.state !== 'down' && sees !== 'far' && !INSIDE.has(camera.zone ?? ''))
  return (shown.length > 0 ? shown : found.filter(({ camera }) => camera.state !== 'down')).slice(0, TILES).map(({ camera }) => camera.id)
}

/** Put on the wall or taken off it; the first that came goes where there is no more room. */
export function toggled(shown: string[], id: string): string[] {
  return shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id].slice(-TILES_MAX)
}
