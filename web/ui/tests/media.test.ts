import { afterEach, describe, expect, it, vi } from 'vitest'
import { NoLink, Problem } from '../src/api/client'
import { begins, picturesBegin, settles, whenPicturesStand } from '../src/media/beginning'
import { exchange } from '../src/media/exchange'
import { livePaths } from '../src/media/LiveVideo'
import { readHead, steer } from '../src/media/mse'
import { pauseMs, Silence } from '../src/media/pace'

describe('when nothing comes', () => {
  it('says so after a second and a half', () => {
    const silence = new Silence(0)
    for (let now = 0; now <= 2_000; now += 40) silence.see(now + 1, now)
    expect(silence.broken(3_400)).toBe(false)
    expect(silence.broken(3_600)).toBe(true)
    expect(silence.since).toBe(2_000)
  })
  it('leaves time to a camera of one picture in two seconds', () => {
    const silence = new Silence(0)
    for (let now = 0; now <= 10_000; now += 2_000) silence.see(now + 1, now)
    expect(silence.broken(13_500)).toBe(false)
    expect(silence.broken(17_000)).toBe(true)
  })
  it('does not take old bytes for new ones', () => {
    const silence = new Silence(0)
    silence.see(100, 0)
    silence.see(100, 1_000)
    expect(silence.broken(1_600)).toBe(true)
  })
})

describe('pictures that are shown', () => {
  it('came, though nobody counted their bytes', () => {
    const silence = new Silence(0)
    for (let now = 300; now <= 9_000; now += 300) silence.grew(now)
    expect(silence.broken(10_400)).toBe(false)
    expect(silence.broken(10_600)).toBe(true)
    silence.see(1_000, 10_600)
    expect(silence.broken(11_900)).toBe(false)
  })
})

describe('pictures that begin', () => {
  afterEach(() => vi.useRealTimers())
  it('are waited for by what can wait, until the last of them is there', () => {
    const [one, other, work] = [{}, {}, vi.fn()]
    begins(one)
    begins(one)
    begins(other)
    whenPicturesStand(work)
    settles(one)
    expect(picturesBegin()).toBe(true)
    expect(work).not.toHaveBeenCalled()
    settles(other)
    settles(other)
    expect(work).toHaveBeenCalledTimes(1)
    begins(one)
    settles(one)
    expect(work).toHaveBeenCalledTimes(1)
  })
  it('are not waited for where there are none, nor for ever, nor by who called it off', () => {
    vi.useFakeTimers()
    const [now, later, never] = [vi.fn(), vi.fn(), vi.fn()]
    whenPicturesStand(now)
    expect(now).toHaveBeenCalled()
    begins({})
    whenPicturesStand(later)
    whenPicturesStand(never)()
    vi.advanceTimersByTime(3_000)
    expect(later).toHaveBeenCalled()
    expect(never).not.toHaveBeenCalled()
    const [still, enough] = [setInterval(() => begins({}), 1_000), vi.fn()]
    begins({})
    whenPicturesStand(enough)
    vi.advanceTimersByTime(4_500)
    expect(enough).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(enough).toHaveBeenCalledTimes(1)
    clearInterval(still)
    vi.advanceTimersByTime(10_000)
  })
})

describe('pauses between tries', () => {
  it('begin at once, grow, and stay under six seconds', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6, 20].map((nth) => pauseMs(nth, 0.5))
    expect(pauses[0]).toBe(0)
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
    expect(pauseMs(50, 1)).toBeLessThanOrEqual(6_250)
    expect(pauseMs(3, 0)).not.toBe(pauseMs(3, 1))
  })
})

describe('bytes', () => {
  it('are played at the live edge', () => {
    expect(steer(0, 0.5, 0.2)).toEqual({ jump: null, forget: null })
    expect(steer(10, 14, 10).jump).toBeCloseTo(13.7)
    expect(steer(5, 6, 0).jump).toBeCloseTo(5.7)
  })
  it('are forgotten behind it', () => {
    expect(steer(0, 20.1, 20).forget).toBe(12)
    expect(steer(12, 20.1, 20).forget).toBeNull()
  })
  it('begin with what they are', () => {
    expect(readHead('{"mime":"video/mp4; codecs=\\"avc1.42C01E\\"","masked":true}')).toEqual({ mime: 'video/mp4; codecs="avc1.42C01E"', masked: true })
    expect(readHead('{"masked":true}')).toBeNull()
    expect(readHead('moof')).toBeNull()
  })
})

describe('an offer', () => {
  afterEach(() => vi.unstubAllGlobals())
  const answering = (response: Response) => vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(response)))
  it('brings an answer and where to leave', async () => {
    answering(new Response('v=0\r\n', { status: 201, headers: { Location: '/api/media/viewers/1', 'Jedel-Masked': '1' } }))
    expect(await exchange('/live', 'v=0')).toEqual({ sdp: 'v=0\r\n', location: '/api/media/viewers/1', masked: true })
  })
  it('is refused with a problem', async () => {
    answering(new Response(JSON.stringify({ code: 'stream_fault', detail: 'nothing' }), { status: 502 }))
    await expect(exchange('/live', 'v=0')).rejects.toMatchObject({ code: 'stream_fault', status: 502 })
    answering(new Response('<html>', { status: 200 }))
    await expect(exchange('/live', 'v=0')).rejects.toBeInstanceOf(Problem)
  })
  it('has no link', async () => {
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('network'))))
    await expect(exchange('/live', 'v=0')).rejects.toBeInstanceOf(NoLink)
  })
})

it('a camera has its paths', () => {
  expect(livePaths('a', 'sub', { incident: 'b' })).toEqual({ live: '/api/cameras/a/live?stream=sub&incident=b', bytes: '/api/cameras/a/live.mp4?stream=sub&incident=b' })
})
