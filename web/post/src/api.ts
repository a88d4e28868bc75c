/** What the post says to the centre, by its own key. */
import { makeClient, NoLink, Problem } from '@jedel/ui/client'
import { Keys, makePair } from '@jedel/ui/device'
import type { Language } from '@jedel/ui/domain'

import { version } from '../package.json'
import type { Device, Press } from './kept'

export { NoLink, Problem }

export interface Line {
  id: string
  nth: number
  side: 'post' | 'desk'
  code: string | null
  text: string | null
}

export interface PostCall {
  id: string
  state: 'ringing' | 'answered' | 'lost' | 'ended'
  test: boolean
  language: Language
  answered: boolean
  end_reason: string | null
  lines: Line[]
  help: { state: 'none' | 'sent' | 'there'; minutes: number | null }
}

export interface Post {
  name: string
  test_until: string | null
  now: string
  call: PostCall | null
}

export type Api = ReturnType<typeof makeApi>

/** Short: whoever has pressed waits; the next try begins where this one gave up. */
const PATIENCE_MS = 4_000

export function makeApi(device: Device) {
  const keys = new Keys(device.device_id, device.pair, version)
  const client = makeClient({ bearer: keys.bearer, forget: keys.forget, timeoutMs: PATIENCE_MS })
  return {
    bearer: keys.bearer,
    own: () => client.get<Post>('/api/calls/own'),
    heartbeat: (id: string) => client.post('/api/device/signals', { id, kind: 'heartbeat' }),
    press: ({ signal, at }: Press) => client.post('/api/device/signals', { id: signal, kind: 'press', level: 'help', at }),
    ring: ({ call, signal, language }: Press) => client.post<PostCall>('/api/calls', { id: call, signal_id: signal, language }),
    call: (id: string) => client.get<PostCall>(`/api/calls/${id}/post`),
    sign: (call: string, id: string, code: string) => client.post(`/api/calls/${call}/text`, { id, code }),
    language: (call: string, id: string, language: Language) => client.post<PostCall>(`/api/calls/${call}/language`, { id, language }),
  }
}

/** @throws Problem, NoLink */
export async function enrol(code: string): Promise<Device> {
  const { privateKey, point } = await makePair()
  const said = await makeClient().post<{ device_id: string; kind: string }>('/api/devices/enrol', { code, public_key: point, version })
  if (said.kind !== 'post') throw new Problem(422, 'not_a_post', '')
  return { device_id: said.device_id, pair: privateKey }
}
