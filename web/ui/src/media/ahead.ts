import { watch, type Watching } from './whep'

/** Nobody who wanted it came for it by then. */
const KEPT_MS = 4_000

interface Kept {
  watching: Promise<Watching>
  drop: () => void
}

const kept = new Map<string, Kept>()

/**
 * Asks for a picture before there is anything on the page that can show it: whoever draws its tile a moment later
 * takes it over. One that nobody takes is given up.
 */
export function watchAhead(path: string): void {
  if (kept.has(path) || typeof RTCPeerConnection === 'undefined') return
  const gone = new AbortController()
  const watching = watch(path, { picture: true, sound: false }, { signal: gone.signal })
  const drop = () => {
    kept.delete(path)
    gone.abort()
    void watching.then((each) => each.close()).catch(() => undefined)
  }
  const timer = setTimeout(drop, KEPT_MS)
  kept.set(path, {
    watching,
    drop: () => {
      clearTimeout(timer)
      kept.delete(path)
    },
  })
  watching.catch(() => kept.get(path)?.drop())
}

/** What was asked for ahead by this path, once; null: nothing was. */
export function takeAhead(path: string): Promise<Watching> | null {
  const found = kept.get(path)
  found?.drop()
  return found?.watching ?? null
}
