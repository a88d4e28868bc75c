/** An order of offers stands at least this long: cars move all the time, and a digit must send whom it named. */
export const HOLD_MS = 4000

/** After a new order digits wait this long, so that nobody sends by a digit that was read in the old one. */
export const REST_MS = 800

export interface Shown<T> {
  offers: T[]
  since: number
}

/** What to show when `fresh` offers arrive: new figures in the old order while it holds and all its units are still
 * offered, else the new order from `now` on. */
export function settle<T extends { unit_id: string }>(shown: Shown<T>, fresh: T[], now: number): Shown<T> {
  const found = new Map(fresh.map((offer) => [offer.unit_id, offer]))
  const kept = shown.offers.flatMap((offer) => found.get(offer.unit_id) ?? [])
  const whole = kept.length === shown.offers.length && shown.offers.length > 0
  const same = whole && fresh.length === kept.length && fresh.every((offer, i) => offer.unit_id === kept[i]?.unit_id)
  if (same || (whole && now - shown.since < HOLD_MS)) return { offers: kept, since: shown.since }
  return { offers: fresh, since: shown.offers.length === 0 ? now - REST_MS : now } // a first list misleads nobody
}

/** Whether a digit may send now. */
export function mayPress<T>(shown: Shown<T>, now: number): boolean {
  return now - shown.since >= REST_MS
}
