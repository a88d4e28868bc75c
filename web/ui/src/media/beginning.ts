/**
 * Pictures of this page that were asked for and are not there yet. Sixteen of them begin at once when an alarm opens a
 * school's cameras; what can wait (a map) waits for them.
 */

/** A picture that has not come by then is nothing to wait for. */
const PATIENCE_MS = 3_000
/** Where one begins after the other for ever, what waits for them does not. */
const LONGEST_MS = 5_000

const begun = new Map<object, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

const tell = () => {
  for (const listener of [...listeners]) listener()
}

export function begins(one: object): void {
  if (begun.has(one)) return
  begun.set(one, setTimeout(() => settles(one), PATIENCE_MS))
}

/** It is there, or cannot be had, or nobody wants it any longer. */
export function settles(one: object): void {
  const timer = begun.get(one)
  if (timer === undefined) return
  clearTimeout(timer)
  begun.delete(one)
  if (begun.size === 0) tell()
}

/** Whether any picture begins just now. */
export const picturesBegin = (): boolean => begun.size > 0

/** Calls once, when no picture begins: now, where none does; and in any case after a while. Gives a way to call it off. */
export function whenPicturesStand(work: () => void): () => void {
  if (!picturesBegin()) {
    work()
    return () => undefined
  }
  const stop = () => {
    clearTimeout(longest)
    listeners.delete(look)
  }
  const go = () => {
    stop()
    work()
  }
  const look = () => {
    if (!picturesBegin()) go()
  }
  const longest = setTimeout(go, LONGEST_MS)
  listeners.add(look)
  return stop
}
