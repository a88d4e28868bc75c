import { type Answer, type Case, type Client, newId, Problem, type Reading } from '@jedel/ui'
import { useCallback, useEffect, useRef, useState } from 'react'

/** One question of this session with what became of it. The answer stays on the screen as long as the server lets it be read. */
export interface Asked {
  id: string
  reading: Reading
  case: Case
  at: number
  answer: Answer | null
  fault: unknown
}

const KEPT = 12
const AGAIN_MS = 2_000
export const ANSWER_LIFE_MS = 15 * 60_000

const body = (asked: Asked) => ({
  id: asked.id,
  purpose: asked.case.purpose,
  [asked.reading.by]: asked.reading.number,
  ...(asked.case.incident ? { incident_id: asked.case.incident.id } : {}),
  ...(asked.case.caseNumber ? { case_number: asked.case.caseNumber } : {}),
})

/** Asks, and asks again by itself while a second person is waited for: with the same id it is the same look-up. */
export function useAsking(client: Client) {
  const [list, setList] = useState<Asked[]>([])
  const known = useRef(list)
  known.current = list
  const send = useCallback(
    async (asked: Asked): Promise<void> => {
      let change: Partial<Asked>
      try {
        change = { answer: await client.post<Answer>(`/api/lookups/${asked.reading.kind}`, body(asked)), fault: null }
      } catch (fault) {
        change = fault instanceof Problem ? { answer: null, fault } : { fault }
      }
      setList((now) => now.map((each) => (each.id === asked.id ? { ...each, ...change } : each)))
    },
    [client],
  )
  const ask = useCallback(
    (reading: Reading, kase: Case): void => {
      const asked: Asked = { id: newId(), reading, case: kase, at: Date.now(), answer: null, fault: null }
      setList((now) => [asked, ...now].slice(0, KEPT))
      void send(asked)
    },
    [send],
  )
  const waits = list.some((each) => each.answer?.state === 'asked')
  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => {
      for (const each of known.current) if (each.answer?.state === 'asked') void send(each)
    }, AGAIN_MS)
    return () => clearInterval(timer)
  }, [waits, send])
  // What may not be read any more leaves the screen too.
  useEffect(() => {
    const timer = setInterval(() => setList((now) => {
      const left = now.filter((each) => Date.now() - each.at < ANSWER_LIFE_MS * 2)
      return left.length === now.length ? now : left
    }), 30_000)
    return () => clearInterval(timer)
  }, [])
  const retry = useCallback((asked: Asked) => void send(asked), [send])
  return { list, ask, retry }
}
