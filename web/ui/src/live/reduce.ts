/**
 * The live picture: a snapshot, then events. The reducer knows no room: every event carries the full
 * new view of each object it changed, and the ids of those that left a collection.
 *
 * Invariant: snapshot + events up to seq n equals a snapshot fetched at n.
 */
export interface Identified {
  id: string
}
export type Collection = ReadonlyMap<string, Identified>
export type Collections = Readonly<Record<string, Collection>>

export interface Picture {
  region: string | null
  /** Sequence number of the last entry applied; -1 before the first snapshot. */
  seq: number
  collections: Collections
}

export interface SnapshotMessage {
  type: 'snapshot'
  region?: string
  seq: number
  collections: Record<string, Identified[]>
}

export interface EventMessage {
  type: 'event'
  seq: number
  id: string
  at: string
  region: string
  kind: string
  subject: string | null
  actor: string
  data: Record<string, unknown>
  changed?: Record<string, Identified[]>
  gone?: Record<string, string[]>
}

export type Step = { picture: Picture; outcome: 'applied' | 'old' | 'gap' }

export const NOTHING: Picture = { region: null, seq: -1, collections: {} }

export function fromSnapshot(message: SnapshotMessage): Picture {
  return {
    region: message.region ?? null,
    seq: message.seq,
    collections: Object.fromEntries(
      Object.entries(message.collections).map(([name, objects]) => [
        name,
        new Map(objects.map((object) => [object.id, object])),
      ]),
    ),
  }
}

/**
 * Applies one event. An event that was applied before is `old` and changes nothing (delivery is at
 * least once); one that skips a number is a `gap`: the caller must fetch a new snapshot.
 */
export function reduce(picture: Picture, event: EventMessage): Step {
  if (event.seq <= picture.seq) return { picture, outcome: 'old' }
  if (event.seq !== picture.seq + 1) return { picture, outcome: 'gap' }
  const collections: Record<string, Collection> = { ...picture.collections }
  for (const [name, objects] of Object.entries(event.changed ?? {})) {
    const next = new Map(collections[name])
    for (const object of objects) next.set(object.id, object)
    collections[name] = next
  }
  for (const [name, ids] of Object.entries(event.gone ?? {})) {
    const next = new Map(collections[name])
    for (const id of ids) next.delete(id)
    collections[name] = next
  }
  return { picture: { ...picture, seq: event.seq, collections }, outcome: 'applied' }
}
