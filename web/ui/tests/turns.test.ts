import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Turns } from '../src/map/turns'
import { begins, settles } from '../src/media/beginning'

const FRAME_MS = 16

/** A page whose map holds it up for so long with each drawing. */
class Page {
  drawings: number[] = []
  onDraw: () => void = () => undefined
  /** The view is on its way somewhere. */
  moves = true
  readonly turns = new Turns(
    () => {
      requestAnimationFrame(() => {
        this.drawings.push(performance.now())
        this.onDraw()
        vi.setSystemTime(Date.now() + this.costMs)
        this.spent += this.costMs
      })
    },
    () => this.moves,
  )
  spent = 0
  constructor(private readonly costMs: number) {
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + this.spent)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, FRAME_MS))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function flown(page: Page, ms: number): Promise<number> {
  page.onDraw = () => page.turns.ask() // a flight asks for its next picture while it draws one
  page.turns.ask()
  while (performance.now() < ms) await vi.advanceTimersByTimeAsync(FRAME_MS)
  return page.drawings.length
}

it('draws each frame of a flight where a card makes them', async () => {
  expect(await flown(new Page(2), 1_000)).toBeGreaterThan(20)
})

it('leaves the page two thirds of the time where a drawing is dear', async () => {
  const page = new Page(500)
  const drawn = await flown(page, 15_000)
  expect(drawn).toBeGreaterThanOrEqual(8)
  expect(page.spent).toBeLessThanOrEqual(15_000 / 3 + 500)
})

it('leaves it five sixths where only cars move, and a flight waits no longer for that', async () => {
  const page = new Page(500)
  page.moves = false
  await flown(page, 15_000)
  expect(page.spent).toBeGreaterThanOrEqual(15_000 / 6 - 500)
  expect(page.spent).toBeLessThanOrEqual(15_000 / 6 + 500)
  const seen = page.drawings.length
  while (page.drawings.length === seen) await vi.advanceTimersByTimeAsync(FRAME_MS)
  page.onDraw = () => undefined
  await vi.advanceTimersByTimeAsync(600)
  page.turns.ask()
  page.moves = true
  page.turns.ask()
  await vi.advanceTimersByTimeAsync(500)
  expect(page.drawings.length).toBe(seen + 2)
})

it('draws nothing while pictures begin, and once when they stand', async () => {
  const page = new Page(2)
  const one = {}
  begins(one)
  page.turns.ask()
  page.turns.ask()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(page.drawings).toEqual([])
  settles(one)
  await vi.advanceTimersByTimeAsync(100)
  expect(page.drawings).toHaveLength(1)
})

it('obeys the hand that moves it, whatever begins and however dear it is', async () => {
  const page = new Page(300)
  const one = {}
  begins(one)
  page.turns.ask()
  page.turns.hand()
  await vi.advanceTimersByTimeAsync(100)
  expect(page.drawings).toHaveLength(1)
  page.turns.ask()
  await vi.advanceTimersByTimeAsync(100)
  expect(page.drawings).toHaveLength(2)
  settles(one)
})

it('forgets no wish that comes while it draws', async () => {
  const page = new Page(2)
  page.onDraw = () => {
    page.onDraw = () => undefined
    page.turns.ask()
  }
  page.turns.ask()
  await vi.advanceTimersByTimeAsync(200)
  expect(page.drawings).toHaveLength(2)
})
