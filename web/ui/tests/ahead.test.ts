import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { takeAhead, watchAhead } from '../src/media/ahead'

/** A browser's link as far as we use it, and every offer that was posted. */
class Link extends EventTarget {
  static all: Link[] = []
  static generateCertificate = () => Promise.resolve({})
  connectionState = 'new'
  localDescription: { sdp: string } | null = null
  ontrack = null
  constructor() {
    super()
    Link.all.push(this)
  }
  addTransceiver() {}
  setLocalDescription() {
    this.localDescription = { sdp: `v=0 ${Link.all.indexOf(this)}` }
    return Promise.resolve()
  }
  setRemoteDescription() {
    return Promise.resolve()
  }
  becomes(state: string) {
    this.connectionState = state
    this.dispatchEvent(new Event('connectionstatechange'))
  }
  close() {
    this.becomes('closed')
  }
}

let asked: string[] = []
const settle = (ms = 1) => vi.advanceTimersByTimeAsync(ms)

beforeAll(() => void vi.useFakeTimers())
afterAll(() => void vi.useRealTimers())
beforeEach(() => {
  Link.all = []
  asked = []
  vi.stubGlobal('RTCPeerConnection', Link)
  vi.stubGlobal('MediaStream', class {})
  vi.stubGlobal('fetch', (path: string, how?: { method?: string }) => {
    if (how?.method === 'DELETE') asked.push(`left ${path}`)
    if (how?.method === 'POST') asked.push(path)
    return Promise.resolve(new Response('v=0', { status: 201, headers: { Location: `${path}/me` } }))
  })
})
afterEach(async () => {
  await settle(10_000) // a burst ends
  vi.unstubAllGlobals()
})

it('gives the picture that was asked for ahead to its tile, once', async () => {
  watchAhead('/one')
  watchAhead('/one')
  await settle()
  expect(asked).toEqual(['/one'])
  const taken = takeAhead('/one')
  expect((await taken)?.link).toBe(Link.all[0])
  expect(takeAhead('/one')).toBeNull()
  await settle(10_000)
  expect(Link.all[0]?.connectionState).not.toBe('closed')
})

it('gives up what no tile comes for', async () => {
  watchAhead('/two')
  await settle(5_000)
  expect(takeAhead('/two')).toBeNull()
  expect(Link.all[0]?.connectionState).toBe('closed')
  expect(asked).toEqual(['/two', 'left /two/me'])
})

it('lets the first picture have its link before the others ask, and not for ever', async () => {
  for (const path of ['/a', '/b', '/c']) watchAhead(path)
  await settle()
  expect(asked).toEqual(['/a'])
  Link.all[0]?.becomes('connected')
  await settle()
  expect(asked).toEqual(['/a', '/b', '/c'])

  await settle(10_000)
  asked = []
  for (const path of ['/d', '/e']) watchAhead(path)
  await settle(100)
  expect(asked).toEqual(['/d'])
  await settle(100)
  expect(asked).toEqual(['/d', '/e'])
})

it('does not wait for a first picture that is refused', async () => {
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path)
    return Promise.resolve(new Response('{}', { status: path === '/gone' ? 404 : 201 }))
  })
  for (const path of ['/gone', '/there']) watchAhead(path)
  await settle(50)
  expect(asked.filter((path) => path !== '/api/media/ice')).toEqual(['/gone', '/there'])
})
