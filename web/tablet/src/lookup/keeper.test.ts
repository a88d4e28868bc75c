import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Keys } from '../link/keys'
import { open, read, wipe, type Database } from '../offline/store'
import { Keeper } from './keeper'
import { plateOf } from './plate'
import { waiting } from './queue'
import { Wanted, type WantedList } from './wanted'

const LIST: WantedList = { version: 'v1', as_of: '2026-11-01T00:00:00Z', source: 'Test', plates: [['123ABC02', 'stolen', '2026-01-01']], complete: true }
const CASE = { incident: null, caseNumber: '26-7500-1/17', purpose: 'roadside' }

let db: Database
let nth = 0
beforeEach(async () => {
  vi.stubGlobal('localStorage', { getItem: () => null })
  vi.stubGlobal('sessionStorage', {})
  db = await open(`test-${(nth += 1)}`)
})
afterEach(() => vi.unstubAllGlobals())

describe('a plate typed without a link', () => {
  it.each([
    ['482 авe|02', '482ABE02'],
    ['482abe02', '482ABE02'],
    ['четыреста', null],
    ['ABC', null],
    ['', null],
  ])('%s', (typed, plate) => expect(plateOf(typed)).toBe(plate))
})

describe('the wanted list', () => {
  it('is found again after a restart, and lies encrypted under a key that nobody can read', async () => {
    await new Wanted(db).save(LIST, 1_000)
    const again = new Wanted(db)
    await again.load()
    expect(again.find('123ABC02')).toEqual({ reason: 'stolen', since: '2026-01-01' })
    expect(again.find('999ZZZ02')).toBeNull()
    expect([again.version, again.fetchedAt, again.there]).toEqual(['v1', 1_000, true])

    const sealed = (await read<{ data: ArrayBuffer }>(db, 'lookups.wanted'))!
    expect(new TextDecoder('latin1').decode(sealed.data)).not.toContain('123ABC02')
    const key = (await read<CryptoKey>(db, 'lookups.key'))!
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  it('is gone with the wipe, its key too', async () => {
    await new Wanted(db).save(LIST, 1_000)
    await wipe(db)
    const again = new Wanted(db)
    await again.load()
    expect([again.there, again.find('123ABC02')]).toEqual([false, null])
    expect(await read(db, 'lookups.key')).toBeUndefined()
  })

  it('that was spoilt on the disk is no list', async () => {
    await new Wanted(db).save(LIST, 1_000)
    const sealed = (await read<{ iv: Uint8Array; data: ArrayBuffer; fetchedAt: number }>(db, 'lookups.wanted'))!
    new Uint8Array(sealed.data)[3]! ^= 1
    await db.put('things', sealed, 'lookups.wanted')
    const again = new Wanted(db)
    await again.load()
    expect([again.there, again.stale(Date.now())]).toEqual([false, true])
  })

  it('of a register that never came is none', async () => {
    const wanted = new Wanted(db)
    await wanted.save({ ...LIST, as_of: null, plates: [] }, 1)
    expect(wanted.there).toBe(false)
  })
})

describe('look-ups without a link', () => {
  const answers: { status: number; body?: unknown }[] = []
  const sent: { path: string; body: unknown }[] = []
  const keys = { bearer: () => Promise.resolve('d.t'), forget: () => false } as unknown as Keys

  beforeEach(() => {
    answers.length = sent.length = 0
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      sent.push({ path, body: init.body ? (JSON.parse(init.body as string) as unknown) : null })
      const answer = answers.shift()
      return answer ? Promise.resolve(new Response(answer.body ? JSON.stringify(answer.body) : null, { status: answer.status })) : Promise.reject(new Error('no link'))
    })
  })
  async function keeper(): Promise<Keeper> {
    const made = new Keeper(db, keys, () => undefined)
    await made.wanted.save(LIST, Date.now())
    await made.take({ id: 'a1', name: 'Timur', role: 'officer', region: '00', region_name: { kk: '', ru: '', en: '' }, language: 'kk' } as never)
    return made
  }

  it('are written down with who asked and for what, then answered from the list', async () => {
    const made = await keeper()
    expect((await made.askOffline('123ABC02', CASE)).found?.reason).toBe('stolen')
    expect((await made.askOffline('999ZZZ02', CASE)).found).toBeNull()
    const queue = await waiting(db)
    expect(queue.map((each) => [each.account_id, each.plate, each.purpose, each.case_number, each.found])).toEqual([
      ['a1', '123ABC02', 'roadside', '26-7500-1/17', true],
      ['a1', '999ZZZ02', 'roadside', '26-7500-1/17', false],
    ])
  })

  it('are refused to nobody in particular', async () => {
    const made = await keeper()
    await made.forget()
    await expect(made.askOffline('123ABC02', CASE)).rejects.toThrow()
    expect(await waiting(db)).toEqual([])
  })

  it('outlive a restart, stay while there is no link, and go on record in order when it is back', async () => {
    const before = await keeper()
    await before.askOffline('123ABC02', CASE)
    await before.askOffline('999ZZZ02', CASE)
    const made = new Keeper(db, keys, () => undefined)
    await made.start()
    expect([made.unsent, made.signed?.id]).toEqual([2, 'a1'])
    await made.linked()
    expect((await waiting(db)).length).toBe(2)
    sent.length = 0
    answers.push({ status: 204 }, { status: 204 })
    await made.linked()
    expect(sent.map((each) => (each.body as { plate: string } | null)?.plate)).toEqual(['123ABC02', '999ZZZ02'])
    expect([made.unsent, await waiting(db)]).toEqual([0, []])
  })

  it('that the centre will never take hold up no other', async () => {
    const made = await keeper()
    await made.askOffline('123ABC02', CASE)
    await made.askOffline('999ZZZ02', CASE)
    answers.push({ status: 422, body: { code: 'invalid_request' } }, { status: 204 })
    await made.linked()
    expect((await waiting(db)).map((each) => each.plate)).toEqual(['123ABC02'])
  })

  it('know nobody any more after the shift', async () => {
    const made = await keeper()
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 13 * 3_600_000)
    const later = new Keeper(db, keys, () => undefined)
    await later.start()
    expect([made.signed?.id, later.signed]).toEqual(['a1', null])
    vi.restoreAllMocks()
  })
})
