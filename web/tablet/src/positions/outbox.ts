/** Positions on their way: kept in IndexedDB until the centre has carried them, bounded, newest exact. */
import type { Answer } from '../offline/queue'
import type { Database } from '../offline/store'
import { BATCH_MAX, FIXES_MAX, toThin, type Fix } from './batch'

/** Keeps a fix; past the bound thins the oldest. */
export async function keepFix(db: Database, fix: Fix, max: number = FIXES_MAX): Promise<void> {
  const tx = db.transaction('fixes', 'readwrite')
  await tx.store.add(fix)
  if ((await tx.store.count()) > max) {
    for (const key of toThin(await tx.store.getAllKeys(), max)) await tx.store.delete(key)
  }
  await tx.done
}

/**
 * Sends what is kept, oldest first, in batches, until none is left or one is not answered.
 * A batch that the centre calls wrong is halved until the wrong fix is alone, and that one is given up:
 * it must neither block the later ones nor take its neighbours with it.
 *
 * @returns false when there is no link
 */
export async function sendFixes(db: Database, send: (fixes: Fix[]) => Promise<Answer>): Promise<boolean> {
  let size = BATCH_MAX
  for (;;) {
    const keys = await db.getAllKeys('fixes', undefined, size)
    const first = keys[0]
    const last = keys[keys.length - 1]
    if (first === undefined || last === undefined) return true
    const range = IDBKeyRange.bound(first, last)
    const answer = await send(await db.getAll('fixes', range))
    if (answer.kind === 'no_link') return false
    if (answer.kind === 'problem') {
      if (!wrongForGood(answer.problem.status)) return true
      if (keys.length > 1) {
        size = Math.ceil(keys.length / 2)
        continue
      }
    }
    await db.delete('fixes', range)
    size = Math.min(BATCH_MAX, size * 2)
  }
}

const wrongForGood = (status: number): boolean => status === 400 || status === 413 || status === 422
