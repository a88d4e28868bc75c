import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'

import { newId } from '@jedel/ui'
import { backoffMs, COMMANDS_MAX, judge, RETRY_LAST_MS, type Answer, type Command } from './queue'
import { Sender } from './sender'
import { append, open, QueueFull, refusals, understood, waiting, type Database } from './store'

const command = (what: Command['what'] = 'en_route'): Command => {
  const id = newId()
  return { id, what, path: '/api/incidents/1/progress', body: { id }, at: 0, incident: '1', number: 1204 }
}

const problem = (status: number): Answer => ({
  kind: 'problem',
  problem: { status, code: 'incident_closed', detail: 'The incident is closed.' },
})

/** The centre as the tablet meets it: keeps what it took by id, answers as the test says. */
class Centre {
  readonly took: string[] = []
  readonly heard: string[] = []
  answers: ((each: Command) => Answer)[] = []
  link = true

  send = (each: Command): Promise<Answer> => {
    if (!this.link) return Promise.resolve({ kind: 'no_link' })
    this.heard.push(each.id)
    const answer = this.answers.shift()?.(each) ?? ({ kind: 'taken' } as const)
    if (answer.kind === 'taken' && !this.took.includes(each.id)) this.took.push(each.id)
    return Promise.resolve(answer)
  }
}

/** A tablet whose clock and chance the test holds; `settled` ends when the sender has nothing to do. */
function tablet(db: Database, centre: Centre) {
  const timers: { ms: number; then: () => void }[] = []
  const devices: string[] = []
  let tell: () => void = () => undefined
  const sender = new Sender({
    db,
    send: centre.send,
    now: () => 5,
    chance: () => 0,
    after: (ms, then) => {
      const timer = { ms, then }
      timers.push(timer)
      tell()
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    settled: () => tell(),
    deviceRefused: (each) => {
      devices.push(each.code)
      tell()
    },
  })
  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await holds())) await new Promise<void>((resolve) => (tell = resolve))
  }
  return { sender, timers, devices, until }
}

let db: Database
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  db = await open()
})

describe('judging an answer', () => {
  test('taken is removed, a conflict is refused, the rest waits', () => {
    expect(judge({ kind: 'taken' }, 1, 0)).toEqual({ do: 'remove' })
    for (const status of [400, 403, 404, 409, 422]) expect(judge(problem(status), 1, 0).do).toBe('refuse')
    for (const status of [408, 425, 429, 500, 502, 503]) expect(judge(problem(status), 1, 0).do).toBe('retry')
    expect(judge({ kind: 'no_link' }, 1, 0)).toEqual({ do: 'retry', inMs: 1_000 })
    expect(judge(problem(401), 1, 0).do).toBe('wait_for_device')
  })

  test('back-off doubles to its limit and is spread', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((n) => backoffMs(n, 0))).toEqual([1e3, 2e3, 4e3, 8e3, 16e3, 3e4, 3e4])
    expect(backoffMs(10_000, 1)).toBe(RETRY_LAST_MS / 2)
  })
})

describe('the queue', () => {
  test('sends in the order of the presses, after a time without a link, each once', async () => {
    const centre = new Centre()
    centre.link = false
    const { sender, timers, until } = tablet(db, centre)
    const presses = [command('en_route'), command('on_scene'), command('result')]
    for (const each of presses) {
      await append(db, each)
      sender.wake()
    }
    await until(() => timers.length === 1)
    expect(centre.heard).toEqual([])
    centre.link = true
    sender.wake()
    await until(async () => (await waiting(db)).length === 0)
    expect(centre.took).toEqual(presses.map((each) => each.id))
  })

  test('an answer lost on the way leads to a second sending with the same id', async () => {
    const centre = new Centre()
    const { sender, timers, until } = tablet(db, centre)
    const press = command()
    centre.answers = [
      (each) => {
        centre.took.push(each.id)
        return { kind: 'no_link' }
      },
    ]
    await append(db, press)
    sender.wake()
    await until(() => timers.length === 1)
    expect(timers[0]?.ms).toBe(1_000)
    timers.shift()?.then()
    await until(async () => (await waiting(db)).length === 0)
    expect(centre.heard).toEqual([press.id, press.id])
    expect(centre.took).toEqual([press.id])
  })

  test('a conflict is kept for the officer, with its reason, until understood; later presses go on', async () => {
    const centre = new Centre()
    const { sender, until } = tablet(db, centre)
    const [late, next] = [command('on_scene'), command('busy')]
    centre.answers = [() => problem(409)]
    await append(db, late)
    await append(db, next)
    sender.wake()
    await until(async () => (await waiting(db)).length === 0)
    expect(centre.took).toEqual([next.id])
    expect(await refusals(db)).toEqual([
      { command: late, problem: { status: 409, code: 'incident_closed', detail: 'The incident is closed.' }, at: 5 },
    ])
    await understood(db, late.id)
    expect(await refusals(db)).toEqual([])
  })

  test('outlives a reload: what was pressed before is sent after, in order', async () => {
    const presses = [command('en_route'), command('on_scene')]
    for (const each of presses) await append(db, each)
    db.close()
    db = await open()
    const centre = new Centre()
    const { sender, until } = tablet(db, centre)
    sender.wake()
    await until(async () => (await waiting(db)).length === 0)
    expect(centre.took).toEqual(presses.map((each) => each.id))
  })

  test('a tablet that the centre no longer knows keeps all and says so', async () => {
    const centre = new Centre()
    const { sender, devices, until } = tablet(db, centre)
    centre.answers = [() => problem(401)]
    await append(db, command())
    sender.wake()
    await until(() => devices.length === 1)
    expect(await waiting(db)).toHaveLength(1)
  })

  test('is bounded, and says that it is full', async () => {
    for (let n = 0; n < COMMANDS_MAX; n++) await append(db, command())
    await expect(append(db, command())).rejects.toBeInstanceOf(QueueFull)
    expect(await waiting(db)).toHaveLength(COMMANDS_MAX)
  })
})
