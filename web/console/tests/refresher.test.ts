import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Refresher } from '../src/desk/refresher'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('gets an answer through although events come faster than answers', async () => {
  const queries = new QueryClient()
  let asked = 0
  const observer = new QueryObserver(queries, {
    queryKey: ['log'],
    queryFn: async ({ signal }) => {
      asked += 1
      const mine = asked
      await new Promise((done) => setTimeout(done, 1_000))
      if (signal.aborted) throw new Error('thrown away')
      return mine
    },
    staleTime: 60_000,
  })
  const stop = observer.subscribe(() => undefined)
  const refresher = new Refresher(queries)
  for (let i = 0; i < 50; i++) {
    refresher.refresh(['log'])
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(observer.getCurrentResult().data).toBeGreaterThanOrEqual(3)
  // The last event is answered too, then it is quiet.
  await vi.advanceTimersByTimeAsync(5_000)
  expect(observer.getCurrentResult().data).toBe(asked)
  const then = asked
  await vi.advanceTimersByTimeAsync(20_000)
  expect(asked).toBe(then)
  stop()
})
