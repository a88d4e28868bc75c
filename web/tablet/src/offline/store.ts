/** Everything the tablet must not lose, in IndexedDB: it outlives a reload, a crash and a flat battery. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

import type { Fix } from '../positions/batch'
import { COMMANDS_MAX, type Command, type Refusal } from './queue'

/** Who this tablet is to the centre. `pair`: the private key that it made, which nobody can read. */
export interface Device {
  device_id: string
  pair: CryptoKey
  region: string
  unit_id: string
  /** It plays a device of the demonstration, and another link may make it play another. */
  played?: boolean
}

interface Shelves extends DBSchema {
  /** Keys grow by one, so the order of keys is the order of presses. */
  commands: { key: number; value: Command }
  refusals: { key: string; value: Refusal }
  fixes: { key: number; value: Fix }
  /** Small single things: device, last snapshot, language, map file. */
  things: { key: string; value: unknown }
}

export type Database = IDBPDatabase<Shelves>

export function open(name = 'jedel-tablet'): Promise<Database> {
  return openDB<Shelves>(name, 1, {
    upgrade(db) {
      db.createObjectStore('commands', { autoIncrement: true })
      db.createObjectStore('refusals')
      db.createObjectStore('fixes', { autoIncrement: true })
      db.createObjectStore('things')
    },
  })
}

export class QueueFull extends Error {}

/** @throws QueueFull at COMMANDS_MAX: a press that cannot be kept must not look kept. */
export async function append(db: Database, command: Command): Promise<void> {
  const tx = db.transaction('commands', 'readwrite', { durability: 'strict' })
  if ((await tx.store.count()) >= COMMANDS_MAX) {
    await tx.done
    throw new QueueFull()
  }
  await tx.store.add(command)
  await tx.done
}

export async function head(db: Database): Promise<{ key: number; command: Command } | null> {
  const cursor = await db.transaction('commands').store.openCursor()
  return cursor ? { key: cursor.key, command: cursor.value } : null
}

export const waiting = (db: Database): Promise<Command[]> => db.getAll('commands')

export const remove = (db: Database, key: number): Promise<void> => db.delete('commands', key)

/** Moves a command to the refusals in one transaction: it is never in neither place. */
export async function refuse(db: Database, key: number, refusal: Refusal): Promise<void> {
  const tx = db.transaction(['commands', 'refusals'], 'readwrite', { durability: 'strict' })
  await tx.objectStore('refusals').put(refusal, refusal.command.id)
  await tx.objectStore('commands').delete(key)
  await tx.done
}

export const refusals = (db: Database): Promise<Refusal[]> => db.getAll('refusals')

/** The officer has read it. */
export const understood = (db: Database, commandId: string): Promise<void> => db.delete('refusals', commandId)

export async function read<T>(db: Database, name: string): Promise<T | undefined> {
  return (await db.get('things', name)) as T | undefined
}

export async function keep(db: Database, name: string, value: unknown): Promise<void> {
  await db.put('things', value, name)
}

/** Forgets this tablet's enrolment and all that was done under it. */
export async function wipe(db: Database): Promise<void> {
  const tx = db.transaction(['commands', 'refusals', 'fixes', 'things'], 'readwrite')
  await Promise.all([
    tx.objectStore('commands').clear(),
    tx.objectStore('refusals').clear(),
    tx.objectStore('fixes').clear(),
    tx.objectStore('things').clear(),
  ])
  await tx.done
}
