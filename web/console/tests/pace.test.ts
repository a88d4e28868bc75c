import { Positions } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pace } from '../src/map/pace'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A map only as far as the pace sees it: idle so many ms after it was painted. */
function mapThatTakes(ms: number): LibreMap {
  return { once: (kind: string, done: () => void) => kind === 'idle' && setTimeout(done, ms) } as unknown as LibreMap
}

async function paintedIn(seconds: number, frameMs: number): Promise<number> {
  const positions = new Positions()
  let painted = 0
  Pace.of(mapThatTakes(frameMs), positions).subscribe(() => painted++)
  for (let second = 0; second < seconds; second++) {
    positions.take([['u', 1, 2, null, null, '']])
    await vi.advanceTimersByTimeAsync(1_000)
  }
  return painted
}

it('paints each second where a frame is cheap', async () => expect(await paintedIn(20, 50)).toBe(20))

it('spends a quarter of the time where it is dear', async () => {
  const painted = await paintedIn(60, 1_500)
  expect(painted).toBeGreaterThanOrEqual(9)
  expect(painted).toBeLessThanOrEqual(11)
})

it('goes on though the map is never idle', async () => expect(await paintedIn(60, 1e9)).toBeGreaterThanOrEqual(3))
