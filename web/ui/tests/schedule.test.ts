import { describe, expect, it } from 'vitest'
import { type Asking, due, SILENCE } from '../src/sounds/schedule'

/** What is heard in so many seconds, looking four times a second as the console does. */
function listen(seconds: number, asking: (second: number) => Asking): [second: number, sound: string][] {
  const sounds: [number, string][] = []
  let heard = SILENCE
  for (let ms = 0; ms < seconds * 1000; ms += 250) {
    const next = due(asking(ms / 1000), heard, ms)
    heard = next.heard
    if (next.sound) sounds.push([ms / 1000, next.sound])
  }
  return sounds
}
const quiet: Asking = { emergenciesSince: [], trouble: false }

describe('due', () => {
  it('is silent while nothing asks', () => expect(listen(120, () => quiet)).toEqual([]))

  it('sounds an emergency at once, every 5 s, louder after 30 s', () => {
    const sounds = listen(41, () => ({ emergenciesSince: [0], trouble: false }))
    expect(sounds.map(([second]) => second)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40])
    expect(sounds.map(([, sound]) => sound)).toEqual([...Array(6).fill('emergency'), ...Array(3).fill('emergency_loud')])
  })
  it('stops when the last one is acknowledged and starts at once with the next', () => {
    const sounds = listen(20, (second) => (second < 7 ? { emergenciesSince: [0], trouble: false } : second < 9 ? quiet : { emergenciesSince: [9000], trouble: false }))
    expect(sounds.map(([second]) => second)).toEqual([0, 5, 9, 14, 19])
  })
  it('is as loud as the oldest asks', () => {
    expect(due({ emergenciesSince: [40_000, 5_000], trouble: false }, SILENCE, 41_000).sound).toBe('emergency_loud')
  })
  it('sounds trouble at once and once a minute', () => {
    expect(listen(130, () => ({ emergenciesSince: [], trouble: true }))).toEqual([[0, 'trouble'], [60, 'trouble'], [120, 'trouble']])
  })
  it('lets an emergency go before trouble', () => {
    const sounds = listen(12, (second) => ({ emergenciesSince: second >= 3 && second < 9 ? [3000] : [], trouble: true }))
    expect(sounds).toEqual([[0, 'trouble'], [3, 'emergency'], [8, 'emergency']])
  })
})
