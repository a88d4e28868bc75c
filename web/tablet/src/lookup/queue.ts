/** Look-ups that were made without a link: kept until the centre has them on record. */
import { keep, read, type Database } from '../offline/store'

export interface AskedOffline {
  id: string
  account_id: string
  at: string
  plate: string
  purpose: string
  incident_id?: string
  case_number?: string
  version: string
  found: boolean
}

const QUEUE = 'lookups.queue'
export const QUEUE_MAX = 500

export const waiting = async (db: Database): Promise<AskedOffline[]> => (await read<AskedOffline[]>(db, QUEUE)) ?? []

/** @returns false where no more can be kept: then nothing may be looked up either */
export async function add(db: Database, asked: AskedOffline): Promise<boolean> {
  const queue = await waiting(db)
  if (queue.length >= QUEUE_MAX) return false
  await keep(db, QUEUE, [...queue, asked])
  return true
}

export async function done(db: Database, id: string): Promise<void> {
  await keep(db, QUEUE, (await waiting(db)).filter((each) => each.id !== id))
}
