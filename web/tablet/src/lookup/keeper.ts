/**
 * What look-ups keep on the tablet: who has signed in, the wanted list, what was asked without a link.
 * All of it lies among the device's things and goes with them when the centre has the device wiped.
 */
import { type Answer, type Case, forgetCases, type Me, newId, NoLink, Problem, type Purpose, type Reading } from '@jedel/ui'

import type { Keys } from '../link/keys'
import { keep, read, type Database } from '../offline/store'
import { type Credentials, type LookupApi, makeLookupApi } from './api'
import { add, done, waiting } from './queue'
import { type Found, Wanted } from './wanted'

export interface Signed {
  id: string
  name: string
  /** A session ends with the shift: nor is anybody known without a link for longer. */
  until: number
}

/** What the list on the device said. */
export interface FoundOffline {
  plate: string
  found: Found | null
  listAt: number
  asOf: string | null
  complete: boolean
}

const SIGNED = 'lookups.signed'
const PURPOSES = 'lookups.purposes'
const SESSION_MS = 12 * 3_600_000
const ASKERS = new Set(['operator', 'duty_officer', 'supervisor', 'officer'])
const SEEN_EVERY_MS = 60_000

export class NotAllowed extends Error {}
export class QueueFull extends Error {}

export class Keeper {
  readonly wanted: Wanted
  readonly api: LookupApi
  signed: Signed | null = null
  unsent = 0
  /** The list of purposes as it was last told. */
  purposes: Purpose[] = []
  private seenAt = 0
  private busy = false
  private readonly listeners = new Set<() => void>()
  private version = 0

  constructor(
    private readonly db: Database,
    keys: Keys,
    private readonly wiped: () => void,
  ) {
    this.wanted = new Wanted(db)
    this.api = makeLookupApi(keys)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  snapshot = (): number => this.version

  async start(): Promise<void> {
    await this.wanted.load()
    const signed = await read<Signed>(this.db, SIGNED)
    this.signed = signed && signed.until > Date.now() ? signed : null
    this.unsent = (await waiting(this.db)).length
    this.purposes = (await read<Purpose[]>(this.db, PURPOSES)) ?? []
    this.changed()
  }

  /** Kept, so that for what one asks can be said without a link too. */
  async renewPurposes(): Promise<void> {
    this.purposes = await this.api.purposes()
    await keep(this.db, PURPOSES, this.purposes)
    this.changed()
  }

  /** With a link: what was asked without one goes on record, and the list becomes the present one. */
  async linked(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      for (const asked of await waiting(this.db)) {
        try {
          await this.api.record(asked)
        } catch (error) {
          if (!(error instanceof Problem) || error.status >= 500 || error.status === 401) throw error
          // The centre will never take this one: it stays here, to be seen, and must not hold up the others.
          continue
        }
        await done(this.db, asked.id)
      }
      this.unsent = (await waiting(this.db)).length
      if (this.wanted.stale(Date.now())) {
        const list = await this.api.wanted(this.wanted.version)
        if (list) await this.wanted.save(list, Date.now())
        else await this.wanted.confirm(Date.now())
      }
    } catch (error) {
      this.listen(error)
    } finally {
      this.busy = false
      this.changed()
    }
  }

  /** Whose session this browser holds; null where somebody has to sign in. */
  async whoAmI(): Promise<Signed | null> {
    try {
      await this.take(await this.api.me())
    } catch (error) {
      if (error instanceof Problem && error.status === 401) await this.forget()
      else if (!(error instanceof NoLink)) throw error
    }
    return this.signed
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.take(await this.api.signIn(credentials))
  }

  /** @throws NotAllowed for somebody who looks nobody up */
  async take(me: Me): Promise<void> {
    if (!ASKERS.has(me.role)) throw new NotAllowed()
    this.signed = { id: me.id, name: me.name, until: Date.now() + SESSION_MS }
    await keep(this.db, SIGNED, this.signed)
    this.changed()
  }

  async signOut(): Promise<void> {
    await this.forget()
    await this.api.signOut().catch(() => undefined)
  }

  /** Nobody is signed in on this tablet any more. */
  async forget(): Promise<void> {
    this.signed = null
    forgetCases()
    await keep(this.db, SIGNED, undefined)
    this.changed()
  }

  hand(): void {
    if (Date.now() - this.seenAt < SEEN_EVERY_MS) return
    this.seenAt = Date.now()
    void this.api.seen().catch(() => undefined)
  }

  async ask(id: string, reading: Reading, kase: Case): Promise<Answer> {
    try {
      return await this.api.ask(reading.kind, { id, purpose: kase.purpose, [reading.by]: reading.number, ...forOf(kase) })
    } catch (error) {
      this.listen(error)
      if (error instanceof Problem && (error.code === 'unauthenticated' || error.code === 'tablet_needed')) await this.forget()
      throw error
    }
  }

  /**
   * Without a link. It is written down before the list is asked, as the centre does it.
   *
   * @throws QueueFull
   */
  async askOffline(plate: string, kase: Case): Promise<FoundOffline> {
    const { signed, wanted } = this
    if (!signed) throw new NotAllowed()
    const found = wanted.find(plate)
    const kept = await add(this.db, {
      id: newId(), account_id: signed.id, at: new Date().toISOString(), plate, purpose: kase.purpose, ...forOf(kase), version: wanted.version ?? 'none',
      found: found !== null,
    })
    if (!kept) throw new QueueFull()
    this.unsent += 1
    this.changed()
    return { plate, found, listAt: wanted.fetchedAt, asOf: wanted.asOf, complete: wanted.complete }
  }

  private listen(error: unknown): void {
    if (error instanceof Problem && error.code === 'device_is_wiped') this.wiped()
  }

  private changed(): void {
    this.version += 1
    for (const listener of this.listeners) listener()
  }
}

const forOf = (kase: Case): { incident_id?: string; case_number?: string } => ({
  ...(kase.incident ? { incident_id: kase.incident.id } : {}),
  ...(kase.caseNumber ? { case_number: kase.caseNumber } : {}),
})
