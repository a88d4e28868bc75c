/**
 * The list of wanted plates for times without a link. It lies in IndexedDB encrypted under a key that the
 * browser made and gives to nobody: copied files of the database say nothing without that browser. Whoever
 * runs this page on this device can read the list; the wipe takes key and list.
 */
import { keep, read, type Database } from '../offline/store'

export interface WantedList {
  version: string
  as_of: string | null
  source: string | null
  /** Plate, reason, first day. */
  plates: [string, string, string][]
  complete: boolean
}

interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
  /** By this device's clock. */
  fetchedAt: number
}

export interface Found {
  reason: string
  since: string
}

const KEY = 'lookups.key'
const LIST = 'lookups.wanted'
const CIPHER = 'AES-GCM'
export const REFRESH_MS = 15 * 60_000

export class Wanted {
  private list: WantedList | null = null
  private plates = new Map<string, Found>()
  fetchedAt = 0

  constructor(private readonly db: Database) {}

  get version(): string | null {
    return this.list?.version ?? null
  }
  get asOf(): string | null {
    return this.list?.as_of ?? null
  }
  get source(): string | null {
    return this.list?.source ?? null
  }
  get complete(): boolean {
    return this.list?.complete ?? false
  }
  /** Whether there is a list at all; an empty one is a list. */
  get there(): boolean {
    return this.list !== null && this.list.as_of !== null
  }
  stale(now: number): boolean {
    return now - this.fetchedAt >= REFRESH_MS
  }

  find(plate: string): Found | null {
    return this.plates.get(plate) ?? null
  }

  /** What lies on the device; nothing where it cannot be opened. */
  async load(): Promise<void> {
    const sealed = await read<Sealed>(this.db, LIST)
    const key = await read<CryptoKey>(this.db, KEY)
    if (!sealed || !key) return
    try {
      const plain = await crypto.subtle.decrypt({ name: CIPHER, iv: sealed.iv }, key, sealed.data)
      this.take(JSON.parse(new TextDecoder().decode(plain)) as WantedList, sealed.fetchedAt)
    } catch {
      // Spoilt on the disk: the next answer of the centre brings a whole one.
      this.fetchedAt = 0
    }
  }

  async save(list: WantedList, now: number): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const data = await crypto.subtle.encrypt({ name: CIPHER, iv }, await this.key(), new TextEncoder().encode(JSON.stringify(list)))
    await keep(this.db, LIST, { iv, data, fetchedAt: now } satisfies Sealed)
    this.take(list, now)
  }

  /** The centre says that this version still holds. */
  async confirm(now: number): Promise<void> {
    const sealed = await read<Sealed>(this.db, LIST)
    if (sealed) await keep(this.db, LIST, { ...sealed, fetchedAt: now })
    this.fetchedAt = now
  }

  private take(list: WantedList, fetchedAt: number): void {
    this.list = list
    this.fetchedAt = fetchedAt
    this.plates = new Map(list.plates.map(([plate, reason, since]) => [plate, { reason, since }]))
  }

  private async key(): Promise<CryptoKey> {
    const kept = await read<CryptoKey>(this.db, KEY)
    if (kept) return kept
    const made = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt'])
    await keep(this.db, KEY, made)
    return made
  }
}
