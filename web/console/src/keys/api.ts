import { type Client, newId } from '@jedel/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

export interface KeyedDevice {
  id: string
  kind: string
  name: string
  site_id: string | null
  unit_id: string | null
  account: string | null
  enrolled_at: string | null
  blocked_at: string | null
  seen_at: string | null
  version: string | null
  holder_id: string | null
  holder: string | null
}

/** Shown once. `qr`: an SVG path of `qr_size` modules a side. */
export interface DeviceCode {
  device: KeyedDevice
  code: string
  expires_at: string
  qr: string
  qr_size: number
}

export interface Person {
  id: string
  name: string
  role: string
}

const PAGE = 200
const KEY = ['keyed-devices']
const AGAIN_MS = 30_000

/** Every page of a list whose pages go by the last id. */
async function pages<T extends { id: string }>(client: Client, path: string): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const page = await client.get<T[]>(`${path}?limit=${PAGE}${all.length > 0 ? `&after=${all.at(-1)!.id}` : ''}`)
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

export const useKeyedDevices = (client: Client, may = true) =>
  useQuery({ queryKey: KEY, queryFn: () => pages<KeyedDevice>(client, '/api/devices'), refetchInterval: AGAIN_MS, enabled: may })

export const usePeople = (client: Client, may: boolean) =>
  useQuery({ queryKey: ['people'], queryFn: () => pages<Person>(client, '/api/accounts'), enabled: may })

export const useCallSigns = (client: Client) =>
  useQuery({ queryKey: ['call-signs'], queryFn: () => client.get<{ id: string; call_sign: string }[]>('/api/units') })

/** One command on a device; the list is read again when it is done, also where it was refused. */
export function useOnDevice<T = unknown>(client: Client) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body?: object }) => client.post<T>(path, { id: newId(), ...body }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
