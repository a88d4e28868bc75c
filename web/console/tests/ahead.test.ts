import { type EventMessage, whenPicturesStand } from '@jedel/ui'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { hearAhead } from '../src/cameras/school/ahead'
import type { Opening } from '../src/cameras/types'

const opening = (id: string, level: 'help' | 'lockdown', at: string) =>
  ({ id, level, opened_at: at, incident_id: `of-${id}`, cameras: [{ id: `${id}-1`, part: 'site' }, { id: `${id}-2`, part: 'site' }] }) as Opening
const [first, later, lockdown] = [
  opening('first', 'help', '2026-11-22T10:00:00Z'),
  opening('later', 'help', '2026-11-22T10:01:00Z'),
  opening('lockdown', 'lockdown', '2026-11-22T10:02:00Z'),
]
const event = (kind: string, changed: Record<string, unknown[]>) => ({ type: 'event', kind, changed }) as unknown as EventMessage
const stage = (openings: Opening[], shows = true, away: string[] = []) => ({ openings, away: new Set(away), shows })

let asked: string[] = []

beforeAll(() => void vi.useFakeTimers())
afterAll(() => void vi.useRealTimers())
beforeEach(() => {
  asked = []
  /** A browser that makes an offer; nobody answers it. */
  vi.stubGlobal('RTCPeerConnection', class extends EventTarget {
    static generateCertificate = () => Promise.resolve({})
    localDescription = { sdp: 'v=0' }
    addTransceiver() {}
    setLocalDescription = () => Promise.resolve()
    close() {}
  })
  vi.stubGlobal('MediaStream', class {})
  vi.stubGlobal('fetch', (path: string) => {
    if (path.startsWith('/api/cameras/')) asked.push(path)
    return Promise.resolve(new Response('{}', { status: 404 }))
  })
})
afterEach(async () => {
  await vi.advanceTimersByTimeAsync(10_000)
  vi.unstubAllGlobals()
})

async function asks(what: EventMessage, where: ReturnType<typeof stage>): Promise<string[]> {
  hearAhead(what, where)
  await vi.advanceTimersByTimeAsync(50)
  return asked
}

it('asks for the first camera of what the wall will show, under its incident', async () => {
  expect(await asks(event('cameras.opened', { openings: [first] }), stage([first]))).toEqual(['/api/cameras/first-1/live?stream=sub&incident=of-first'])
})

it('asks for a lockdown that takes the place of a call for help', async () => {
  expect(await asks(event('cameras.opened', { openings: [lockdown] }), stage([first, lockdown]))).toHaveLength(1)
})

it('asks for nothing that waits behind another, was put away, or stands already, nor on a screen without a wall', async () => {
  await asks(event('cameras.opened', { openings: [later] }), stage([first, later]))
  await asks(event('cameras.opened', { openings: [first] }), stage([first], true, ['first']))
  await asks(event('cameras.opening_raised', { openings: [first] }), stage([first]))
  await asks(event('cameras.opened', { openings: [first] }), stage([first], false))
  expect(asked).toEqual([])
})

it('holds what can wait from an alarm at a site on, and not from any other', () => {
  const work = vi.fn()
  hearAhead(event('alarms.raised', { alarms: [{ id: 'a', site: null, state: 'open' }] }), stage([]))
  whenPicturesStand(work)
  expect(work).toHaveBeenCalledTimes(1)
  hearAhead(event('alarms.raised', { alarms: [{ id: 'b', site: { id: 's' }, state: 'open' }] }), stage([]))
  whenPicturesStand(work)
  expect(work).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1_000)
  expect(work).toHaveBeenCalledTimes(2)
})
