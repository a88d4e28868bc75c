/** What the post must not lose: who it is, and a press that the centre has not got yet. */
import type { Language } from '@jedel/ui/domain'
import { type IDBPDatabase, openDB } from 'idb'

/** `pair`: the private key that the post made, which nobody can read. */
export interface Device {
  device_id: string
  pair: CryptoKey
}

/** A press with the ids under which it is sent until the centre has it, however often that is. */
export interface Press {
  signal: string
  call: string
  at: string
  language: Language
}

export class Kept {
  private constructor(private readonly db: IDBPDatabase) {}

  static async open(): Promise<Kept> {
    return new Kept(await openDB('jedel-post', 1, { upgrade: (db) => void db.createObjectStore('things') }))
  }

  device = (): Promise<Device | undefined> => this.db.get('things', 'device')
  press = (): Promise<Press | undefined> => this.db.get('things', 'press')

  enrolled = (device: Device): Promise<unknown> => this.db.put('things', device, 'device')

  /** It outlives a power cut in the moment after the press. */
  async pressed(press: Press): Promise<void> {
    const tx = this.db.transaction('things', 'readwrite', { durability: 'strict' })
    await tx.store.put(press, 'press')
    await tx.done
  }

  delivered = (): Promise<void> => this.db.delete('things', 'press')
}
