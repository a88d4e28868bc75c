/**
 * The tablet itself: what it knows, kept in IndexedDB, and what the officer does with it.
 * Screens read `view` and call methods; nothing else writes.
 */
import { makeClient, type AlertAnswer, type RefutedFor } from '@jedel/ui'

import { makeApi, type Api } from '../link/api'
import { Keys, makePair } from '../link/keys'
import { Live } from '../link/live'
import type { Command, Problem, Refusal } from '../offline/queue'
import { Sender } from '../offline/sender'
import * as store from '../offline/store'
import type { Fix } from '../positions/batch'
import { foremostAlert, isLast, saidOf, told, withdrawn, type Withdrawn } from './alerts'
import { answer, finish, pressedAt, progress, shift, status, type Result } from './commands'
import { EMPTY, foremost, overlay, take, takenAway, type Picture, type TakenAway } from './picture'
import type { AlertView, Assignment, Incident, LiveMessage, Unit } from './types'

/** A break shorter than this is not worth a banner. */
const SETTLE_MS = 3_000
/** How long a taken press is shown as done while its event is still on the way. */
const ECHO_MS = 5_000
const REMEMBERED = 50
/** A first snapshot may be some entries old; those that follow it at once are history, not news. */
const HISTORY_MS = 2_000

export interface View {
  device: store.Device | null
  unit: Unit | null
  job: { incident: Incident; assignment: Assignment } | null
  /** Jobs beside the one shown. */
  more: number
  /** The car to look out for, and how many there are beside it. */
  alert: AlertView | null
  moreAlerts: number
  withdrawn: Withdrawn[]
  unsent: number
  refusals: Refusal[]
  taken: TakenAway[]
  /** `since`: the last sign of the centre, in milliseconds; null while a first try is under way. */
  link: { up: boolean; since: number | null }
  /** The centre does not know this tablet any more. */
  refused: boolean
  /** The centre had it blocked, and what it held was erased. */
  erased: boolean
  full: boolean
}

interface Kept {
  device: store.Device | null
  picture: Picture
  heard: number | null
  ended: string[]
  offset: number
}

const BLANK: Omit<View, 'device'> = {
  unit: null,
  job: null,
  more: 0,
  alert: null,
  moreAlerts: 0,
  withdrawn: [],
  unsent: 0,
  refusals: [],
  taken: [],
  link: { up: false, since: null },
  refused: false,
  erased: false,
  full: false,
}

/** The job or alert with which the crew is done by this press. */
function endedBy(command: Command): string | null {
  if (command.what === 'result') return command.incident
  const said = saidOf(command.what)
  return said && isLast(said) ? (command.alert?.id ?? null) : null
}

const keysOf = (device: store.Device | null): Keys | null => device && new Keys(device.device_id, device.pair)

export class Tablet {
  view: View
  api: Api
  keys: Keys | null
  private picture: Picture
  private unsent: Command[] = []
  /** Taken by the centre, but its event has not come yet. */
  private echoing: Command[] = []
  private echoed: string[] = []
  private ended: string[]
  private heard: number | null
  private newsFrom = 0
  private settling: ReturnType<typeof setTimeout> | undefined
  private offsetMs: number
  private offsetSure = false
  private live: Live | null = null
  private readonly sender: Sender
  private readonly listeners = new Set<() => void>()

  private constructor(
    readonly db: store.Database,
    kept: Kept,
  ) {
    this.keys = keysOf(kept.device)
    this.api = makeApi(this.keys, this.erase)
    this.picture = kept.picture
    this.heard = kept.heard
    this.ended = kept.ended
    this.offsetMs = kept.offset
    this.view = { ...BLANK, device: kept.device }
    this.sender = new Sender({
      db,
      send: (command) => this.api.send(command),
      now: () => Date.now(),
      chance: () => Math.random(),
      after: (ms, then) => {
        const timer = setTimeout(then, ms)
        return () => clearTimeout(timer)
      },
      settled: (command, taken) => this.settled(command, taken),
      deviceRefused: () => this.show({ refused: true }),
    })
  }

  static async start(db: store.Database): Promise<Tablet> {
    const tablet = new Tablet(db, {
      device: (await store.read<store.Device>(db, 'device')) ?? null,
      picture: (await store.read<Picture>(db, 'picture')) ?? EMPTY,
      heard: (await store.read<number>(db, 'heard')) ?? null,
      ended: (await store.read<string[]>(db, 'ended')) ?? [],
      offset: (await store.read<number>(db, 'offset')) ?? 0,
    })
    await tablet.reload()
    if (tablet.view.device) tablet.connect(tablet.view.device)
    return tablet
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** @returns null when enrolled, else why not */
  async enrol(code: string): Promise<Problem | 'no_link' | 'not_secure' | null> {
    if (!isSecureContext) return 'not_secure' // the browser makes no keys for a page that anybody may have changed
    const { privateKey, point } = await makePair()
    const reply = await makeApi(null, this.erase).enrol(code, point)
    if (reply.kind === 'no_link') return 'no_link'
    if (reply.kind === 'problem') return reply.problem
    const { device_id, region, unit_id } = reply.body
    if (!unit_id) return { status: 409, code: 'not_a_tablet', detail: '' }
    await this.adopt({ device_id, pair: privateKey, region, unit_id })
    return null
  }

  /** Becomes this device: forgets what another one did here. */
  async adopt(device: store.Device): Promise<void> {
    this.live?.stop()
    await store.wipe(this.db)
    await store.keep(this.db, 'device', device)
    this.keys = keysOf(device)
    this.api = makeApi(this.keys, this.erase)
    this.picture = EMPTY
    this.echoing = []
    this.ended = []
    this.heard = null
    this.view = { ...BLANK, device }
    await this.reload()
    this.connect(device)
  }

  /** The centre says that this device is in wrong hands: nothing stays on it but the page itself. */
  erase = (): void => {
    if (!this.view.device) return
    this.live?.stop()
    this.picture = EMPTY
    this.echoing = []
    this.ended = []
    this.heard = null
    this.unsent = []
    this.view = { ...BLANK, device: null, erased: true }
    void this.empty()
  }

  private async empty(): Promise<void> {
    await store.wipe(this.db)
    localStorage.clear()
    sessionStorage.clear()
    // Whoever was signed in for look-ups is so no more; the cookie is not this page's to take away.
    void makeClient().delete('/api/session').catch(() => undefined)
    await Promise.all((await caches.keys()).map((name) => caches.delete(name)))
    await this.reload()
  }

  startShift = (crew: string[]): Promise<void> => this.press((unit, at) => shift(unit.id, true, crew, at))
  endShift = (): Promise<void> => this.press((unit, at) => shift(unit.id, false, [], at))
  say = (what: 'available' | 'busy'): Promise<void> =>
    this.press((unit, at) => status(unit.id, what, at, !this.view.link.up || this.unsent.length > 0))

  advance = (to: 'en_route' | 'on_scene'): Promise<void> =>
    this.press((unit, at) => this.view.job && progress(this.view.job.incident, unit.id, to, at))

  finish = (result: Result, said: string): Promise<void> =>
    this.press((unit, at) => this.view.job && finish(this.view.job.incident, unit.id, result, said, at))

  answer = (alert: AlertView, said: AlertAnswer, reason: RefutedFor | null = null): Promise<void> =>
    this.press((unit, at) => answer(alert, said, Math.max(at, Date.parse(told(alert, unit.id)?.told_at ?? '') || 0), reason))

  async understood(refusal: Refusal): Promise<void> {
    await store.understood(this.db, refusal.command.id)
    await this.reload()
  }

  dismiss = (gone: TakenAway): void => this.show({ taken: this.view.taken.filter((each) => each !== gone) })

  dismissWithdrawn = (gone: Withdrawn): void =>
    this.show({ withdrawn: this.view.withdrawn.filter((each) => each !== gone) })

  /** A fix with its time by the centre's clock. */
  timed = (fix: Fix): Fix => ({ ...fix, at: fix.at + this.offsetMs })

  private async press(make: (unit: Unit, at: number) => Command | null): Promise<void> {
    const { unit, job } = this.view
    if (!unit) return
    const seen = [unit.since, job?.assignment.assigned_at, job?.assignment.en_route_at, job?.assignment.on_scene_at]
    const command = make(unit, pressedAt(Date.now(), this.offsetMs, seen))
    if (!command) return
    try {
      await store.append(this.db, command)
    } catch (error) {
      if (!(error instanceof store.QueueFull)) throw error
      this.show({ full: true })
      return
    }
    const over = endedBy(command)
    if (over) {
      this.ended = [...this.ended, over].slice(-REMEMBERED)
      await store.keep(this.db, 'ended', this.ended)
    }
    await this.reload()
    this.sender.wake()
  }

  private settled(command: Command, taken: boolean): void {
    if (taken && !this.echoed.includes(command.id)) {
      this.echoing = [...this.echoing, command]
      setTimeout(() => this.forget(command.id), ECHO_MS)
    }
    if (!taken) this.ended = this.ended.filter((each) => each !== endedBy(command))
    this.show({ full: false })
    void this.reload()
  }

  private forget(id: string): void {
    const left = this.echoing.filter((each) => each.id !== id)
    if (left.length === this.echoing.length) return
    this.echoing = left
    this.show({})
  }

  private connect(device: store.Device): void {
    this.offsetSure = false
    this.linkIs(false)
    if (!this.keys) return
    this.live = new Live({
      keys: this.keys,
      last: () => (this.picture.seq > 0 ? this.picture.seq : null),
      message: (message) => this.hear(message, device.unit_id),
      link: (up) => this.linkIs(up),
      refused: () => {
        this.show({ refused: true })
        void this.api.standing()
      },
    })
    this.sender.wake()
  }

  private hear(message: LiveMessage, unitId: string): void {
    this.heard = Date.now()
    if (this.view.refused) this.show({ refused: false })
    if (message.type !== 'snapshot' && message.at) this.clockSays(Date.parse(message.at) - this.heard)
    if (message.type === 'event') {
      this.echoed = [...this.echoed, message.id].slice(-REMEMBERED)
      this.echoing = this.echoing.filter((each) => each.id !== message.id)
    }
    const after = take(this.picture, message, unitId)
    if (after === this.picture) return
    // A web process that lags behind the last one begins earlier: its events say the rest in a moment.
    const older = message.type === 'snapshot' && message.seq < this.picture.seq
    if (message.type === 'snapshot' && this.picture.seq === 0) this.newsFrom = this.heard + HISTORY_MS
    const gone =
      older || this.heard < this.newsFrom ? [] : takenAway(this.picture, after, message, new Set(this.ended))
    const lost = older ? [] : withdrawn(this.picture.alerts ?? [], after.alerts ?? [], message, new Set(this.ended))
    this.picture = after
    void store.keep(this.db, 'picture', after)
    void store.keep(this.db, 'heard', this.heard)
    this.show({ taken: [...this.view.taken, ...gone], withdrawn: [...this.view.withdrawn, ...lost] })
  }

  /** Messages can only be late, never early: the largest difference of a connection is the truest. */
  private clockSays(offsetMs: number): void {
    if (this.offsetSure && offsetMs <= this.offsetMs) return
    this.offsetMs = offsetMs
    this.offsetSure = true
    void store.keep(this.db, 'offset', offsetMs)
  }

  private linkIs(up: boolean): void {
    if (up) {
      clearTimeout(this.settling)
      this.settling = undefined
      if (this.view.link.up) return
      this.show({ link: { up: true, since: null } })
      this.sender.wake()
      return
    }
    this.offsetSure = false
    if (this.view.link.since !== null) return
    // A device that says it has no network is believed at once; a socket that ended may be back in a moment.
    const wait = navigator.onLine ? SETTLE_MS : 0
    if (this.settling !== undefined && wait > 0) return
    clearTimeout(this.settling)
    void store.keep(this.db, 'heard', this.heard)
    this.settling = setTimeout(() => this.show({ link: { up: false, since: this.heard ?? Date.now() } }), wait)
  }

  private async reload(): Promise<void> {
    this.unsent = await store.waiting(this.db)
    this.show({ refusals: await store.refusals(this.db) })
  }

  private show(change: Partial<View>): void {
    const unitId = this.view.device?.unit_id ?? ''
    const shown = overlay(this.picture, [...this.echoing, ...this.unsent], unitId)
    this.view = {
      ...this.view,
      unit: shown.unit,
      job: foremost(shown, unitId),
      more: Math.max(0, shown.incidents.length - 1),
      alert: foremostAlert(shown.alerts ?? []),
      moreAlerts: Math.max(0, (shown.alerts ?? []).length - 1),
      unsent: this.unsent.length,
      ...change,
    }
    for (const listener of this.listeners) listener()
  }
}
