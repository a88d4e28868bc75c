import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LiveFeed, type FeedOptions } from '../src/live/feed'

/** The browser's socket, driven by hand: the network is the one thing that a test of the feed plays itself. */
class Wire {
  static all: Wire[] = []
  static get last(): Wire {
    return Wire.all.at(-1)!
  }
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  sent: string[] = []
  closed = false
  constructor(readonly url: URL) {
    Wire.all.push(this)
  }
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    if (this.closed) return
    this.closed = true
    this.onclose?.({ code: 1000 })
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  breaks(code = 1006): void {
    this.closed = true
    this.onclose?.({ code })
  }
}

const snapshot = (seq: number) => ({ type: 'snapshot', region: '00', seq, collections: { units: [{ id: 'u1' }] } })
const event = (seq: number) => ({ type: 'event', seq, id: `e${seq}`, kind: 'units.changed', changed: { units: [{ id: `u${seq}` }] } })
const make = (options: Partial<FeedOptions> = {}) => new LiveFeed({ path: '/api/live', WebSocket: Wire as never, ...options })

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('location', { href: 'http://centre/' })
  Wire.all = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('takes the snapshot, then events, and tells its listeners', () => {
  const heard: number[] = []
  const feed = make({ onEvent: (message) => heard.push(message.seq) })
  const told = vi.fn()
  feed.subscribe(told)
  feed.start()
  expect(Wire.last.url.href).toBe('ws://centre/api/live')
  Wire.last.says(snapshot(3))
  Wire.last.says(event(4))
  Wire.last.says(event(4))
  expect(feed.link.is).toBe('live')
  expect(feed.picture.seq).toBe(4)
  expect(heard).toEqual([4])
  expect(feed.shown.seq).toBe(-1)
  vi.advanceTimersByTime(20)
  expect(feed.shown).toBe(feed.picture)
  expect(told).toHaveBeenCalledOnce()
})

it('tells of a burst of events once', () => {
  const feed = make()
  const told = vi.fn()
  feed.subscribe(told)
  feed.start()
  Wire.last.says(snapshot(0))
  for (let seq = 1; seq <= 500; seq++) Wire.last.says(event(seq))
  vi.advanceTimersByTime(20)
  expect(told).toHaveBeenCalledOnce()
  expect(feed.shown.seq).toBe(500)
})

it('resumes after a break from the last entry it knows', () => {
  const feed = make()
  feed.start()
  Wire.last.says(snapshot(3))
  Wire.last.breaks()
  expect(feed.link.is).toBe('lost')
  vi.advanceTimersByTime(1_000)
  expect(Wire.all).toHaveLength(2)
  expect(Wire.last.url.searchParams.get('last')).toBe('3')
  Wire.last.says(event(4))
  expect(feed).toMatchObject({ link: { is: 'live' }, picture: { seq: 4 } })
})

it('asks for a new snapshot after a gap', () => {
  const feed = make()
  feed.start()
  Wire.last.says(snapshot(3))
  Wire.last.says(event(5))
  expect(feed.picture.seq).toBe(3)
  vi.advanceTimersByTime(1_000)
  expect(Wire.all).toHaveLength(2)
  expect(Wire.last.url.searchParams.has('last')).toBe(false)
  Wire.last.says(snapshot(9))
  expect(feed.picture.seq).toBe(9)
})

it('counts a silent link as lost, and keeps the moment it was lost over all tries', () => {
  const feed = make({ silenceMs: 35_000 })
  feed.start()
  Wire.last.says(snapshot(3))
  vi.advanceTimersByTime(34_000)
  Wire.last.says({ type: 'ping' })
  vi.advanceTimersByTime(34_000)
  expect(feed.link.is).toBe('live')
  vi.advanceTimersByTime(2_000)
  expect(feed.link.is).toBe('lost')
  const since = feed.link.since
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(20_000)
    Wire.last.breaks()
  }
  expect(feed.link).toMatchObject({ is: 'lost', since })
})

it('waits longer between tries, ten seconds and a half at most', () => {
  make().start()
  for (let i = 0; i < 12; i++) {
    Wire.last.breaks()
    const before = Wire.all.length
    vi.advanceTimersByTime(15_000)
    expect(Wire.all.length).toBe(before + 1)
  }
})

it('introduces itself first where that is asked for', () => {
  make({ hello: () => '{"token":"x"}' }).start()
  Wire.last.onopen?.()
  expect(Wire.last.sent).toEqual(['{"token":"x"}'])
})

it('gives up when the session is no longer good, and says so', () => {
  const out = vi.fn()
  make({ onUnauthenticated: out }).start()
  Wire.last.breaks(4401)
  vi.advanceTimersByTime(60_000)
  expect(out).toHaveBeenCalledOnce()
  expect(Wire.all).toHaveLength(1)
})

it('hands positions over without touching the picture', () => {
  const taken: unknown[] = []
  const feed = make({ onPositions: (positions) => taken.push(...positions) })
  feed.start()
  Wire.last.says(snapshot(3))
  const before = feed.picture
  Wire.last.says({ type: 'positions', positions: [['u1', 76.9, 43.2, 90, 40, '2026-11-22T10:00:00Z']] })
  expect(taken).toHaveLength(1)
  expect(feed.picture).toBe(before)
})

it('is silent after stop', () => {
  const feed = make()
  feed.start()
  Wire.last.says(snapshot(3))
  feed.stop()
  vi.advanceTimersByTime(60_000)
  expect(Wire.all).toHaveLength(1)
})
