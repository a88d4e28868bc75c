/** Look-ups speak to the centre as two: the officer by the session, the tablet by its own token. */
import { type Answer, makeClient, type Me, NoLink, type Problem, type Purpose, type Reading, type Reason, toProblem } from '@jedel/ui'

import type { Keys } from '../link/keys'
import type { AskedOffline } from './queue'
import type { WantedList } from './wanted'

export type LookupApi = ReturnType<typeof makeLookupApi>

export interface Credentials {
  login: string
  password: string
  code?: string
}

export function makeLookupApi(keys: Keys) {
  const officer = makeClient({ device: keys.bearer, forget: keys.forget })
  const tablet = makeClient({ bearer: keys.bearer, forget: keys.forget })
  return {
    client: officer,
    me: () => officer.get<Me>('/api/me'),
    signIn: (body: Credentials) => officer.post<Me>('/api/session', body),
    signOut: () => officer.delete('/api/session'),
    seen: () => officer.put('/api/session/seen', undefined),
    purposes: () => officer.get<Purpose[]>('/api/lookups/purposes'),
    incidents: () => officer.get<Reason[]>('/api/lookups/incidents'),
    read: (text: string) => officer.post<Reading[]>('/api/lookups/read', { text }),
    ask: (kind: string, body: object) => officer.post<Answer>(`/api/lookups/${kind}`, body),
    record: (asked: AskedOffline) => tablet.post('/api/lookups/offline', asked),
    /** @returns null where `version` still holds */
    wanted: async (version: string | null): Promise<WantedList | null> => {
      const response = await fetch('/api/lookups/wanted-list', {
        headers: { Authorization: `Bearer ${await keys.bearer()}`, Accept: 'application/json', ...(version ? { 'If-None-Match': `"${version}"` } : {}) },
        cache: 'no-store',
        signal: AbortSignal.timeout(60_000),
      }).catch(() => {
        throw new NoLink()
      })
      if (response.status === 304) return null
      if (!response.ok) throw toProblem(response.status, await response.text()) satisfies Problem
      return (await response.json()) as WantedList
    },
  }
}
