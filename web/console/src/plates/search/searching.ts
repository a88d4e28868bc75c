import { type Case, type Client, newId, type PlateRead } from '@jedel/ui'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Found, FoundPairs, Pair } from '../types'

export interface Place {
  cameras: number[]
}

export type Question =
  | { by: 'plate'; plate: string; near_misses: boolean; cameras: number[]; since: string | null; until: string | null }
  | { by: 'two_places'; a: Place; b: Place; within_s: number; since: string | null; until: string | null }

/** A search of this desk with what became of it. */
export interface Search {
  id: string
  question: Question
  case: Case
  at: number
  state: 'under_way' | 'asked' | 'granted' | 'refused'
  refusal: string | null
  reads: PlateRead[]
  pairs: Pair[]
  more: boolean
  limitedTo: string | null
  fault: unknown
}

const PAGE = 100
const AGAIN_MS = 2_000

const given = (part: Record<string, string | null>): Record<string, string> => Object.fromEntries(Object.entries(part).filter((each): each is [string, string] => each[1] !== null))

/** What is sent: with the same id it is the same search, on record once. */
export function bodyOf({ id, question, case: kase }: Pick<Search, 'id' | 'question' | 'case'>, before: string | null): Record<string, unknown> {
  const on = {
    id,
    purpose: kase.purpose,
    ...(kase.incident ? { incident_id: kase.incident.id } : {}),
    ...(kase.caseNumber ? { case_number: kase.caseNumber } : {}),
    ...given({ since: question.since, until: question.until }),
    limit: PAGE,
  }
  if (question.by === 'two_places') return { ...on, a: question.a, b: question.b, within_s: question.within_s }
  return { ...on, ...(question.plate ? { plate: question.plate } : {}), near_misses: question.near_misses, cameras: question.cameras, ...given({ before }) }
}

/** One search at a time; while a second person is waited for it asks again by itself. */
export function useSearching(client: Client) {
  const [search, setSearch] = useState<Search | null>(null)
  const [busy, setBusy] = useState(false)
  const now = useRef(search)
  now.current = search
  const send = useCallback(
    async (asked: Search, before: string | null): Promise<void> => {
      setBusy(true)
      let change: Partial<Search>
      try {
        const path = asked.question.by === 'two_places' ? '/api/plates/search/two-places' : '/api/plates/search'
        const found = await client.post<Found & FoundPairs>(path, bodyOf(asked, before))
        change = {
          state: found.state, refusal: found.refusal, more: found.more, limitedTo: found.limited_to, fault: null,
          reads: [...(before ? asked.reads : []), ...(found.reads ?? [])], pairs: found.pairs ?? [],
        }
      } catch (fault) {
        change = { fault }
      }
      setBusy(false)
      setSearch((shown) => (shown?.id === asked.id ? { ...shown, ...change } : shown))
    },
    [client],
  )
  const ask = useCallback(
    (question: Question, kase: Case): void => {
      const asked: Search = {
        id: newId(), question, case: kase, at: Date.now(), state: 'under_way', refusal: null, reads: [], pairs: [], more: false, limitedTo: null, fault: null,
      }
      setSearch(asked)
      void send(asked, null)
    },
    [send],
  )
  const waits = search?.state === 'asked'
  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => now.current && void send(now.current, null), AGAIN_MS)
    return () => clearInterval(timer)
  }, [waits, send])
  const more = useCallback((): void => {
    const last = now.current?.reads.at(-1)
    if (now.current && last) void send(now.current, last.at)
  }, [send])
  const again = useCallback((): void => {
    if (now.current) void send(now.current, null)
  }, [send])
  return { search, busy, ask, more, again }
}
