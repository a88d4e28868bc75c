/** HTTP to the centre, as this device. Every answer is one of three: taken, a problem, no link. */
import { makeClient, NoLink, Problem as Refused, type LogEntry, type MapInfo } from '@jedel/ui'

import { version } from '../../package.json'
import type { Answer, Command } from '../offline/queue'
import type { Keys } from './keys'
import type { Fix } from '../positions/batch'
import type { Route } from '../work/route'

export type Reply<T> = { kind: 'taken'; body: T } | Exclude<Answer, { kind: 'taken' }>

export type Api = ReturnType<typeof makeApi>

/** The centre had this device blocked, and it must forget everything. */
const WIPED = 'device_is_wiped'

/** What enrolment tells; the key pair is the tablet's own. */
export interface Enrolled {
  device_id: string
  region: string
  unit_id: string | null
}

/** `wiped` is called when any answer says that the device must forget what it holds. */
export function makeApi(keys: Keys | null, wiped: () => void) {
  const settle = async <T>(call: Promise<T>): Promise<Reply<T>> => {
    const reply = await outcome(call)
    if (reply.kind === 'problem' && reply.problem.code === WIPED) wiped()
    return reply
  }
  const client = makeClient(keys ? { bearer: keys.bearer, forget: keys.forget } : {})
  return {
    send: (command: Command): Promise<Answer> => settle(client.post(command.path, command.body)),
    positions: (fixes: Fix[]): Promise<Answer> => {
      const positions = fixes.map(({ at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }))
      return settle(client.post('/api/positions', { positions }))
    },
    route: (from: { lon: number; lat: number }, to: { lon: number; lat: number }): Promise<Reply<Route>> =>
      settle(client.get<Route>(`/api/places/route?from=${lonLat(from)}&to=${lonLat(to)}`)),
    log: (incidentId: string): Promise<Reply<LogEntry[]>> =>
      settle(client.get<LogEntry[]>(`/api/incidents/${incidentId}/log`)),
    picture: (path: string): Promise<Reply<Blob>> => settle(client.picture(path)),
    /** Asked when the live link was refused: by the answer the device learns why. */
    standing: (): Promise<Reply<unknown>> => settle(client.get('/api/devices/self')),
    map: (): Promise<Reply<MapInfo>> => settle(client.get<MapInfo>('/api/map')),
    enrol: (code: string, public_key: string): Promise<Reply<Enrolled>> =>
      settle(client.post<Enrolled>('/api/devices/enrol', { code, public_key, version })),
  }
}

/** To the centimetre, as the map keeps it. */
const lonLat = ({ lon, lat }: { lon: number; lat: number }): string => `${lon.toFixed(7)},${lat.toFixed(7)}`

async function outcome<T>(call: Promise<T>): Promise<Reply<T>> {
  try {
    return { kind: 'taken', body: await call }
  } catch (error) {
    if (error instanceof NoLink) return { kind: 'no_link' }
    if (error instanceof Refused) {
      return { kind: 'problem', problem: { status: error.status, code: error.code, detail: error.message } }
    }
    throw error
  }
}
