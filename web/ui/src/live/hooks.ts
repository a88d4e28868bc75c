import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Identified, Picture } from './reduce'
import type { LinkState, LiveFeed } from './feed'

export function usePicture(feed: LiveFeed): Picture {
  return useSyncExternalStore(feed.subscribe, () => feed.shown)
}

/** One collection as an array, remade only when that collection changed. */
export function useCollection<T extends Identified>(feed: LiveFeed, name: string): T[] {
  const collection = useSyncExternalStore(feed.subscribe, () => feed.shown.collections[name])
  return useMemo(() => (collection ? (Array.from(collection.values()) as T[]) : []), [collection])
}

export function useLink(feed: LiveFeed): LinkState {
  return useSyncExternalStore(feed.subscribe, () => feed.link)
}

/** The present time, renewed on the second by one timer for all who ask. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => everySecond(setNow), [])
  return now
}

const askers = new Set<(now: number) => void>()
let timer: ReturnType<typeof setTimeout> | null = null

function everySecond(asker: (now: number) => void): () => void {
  askers.add(asker)
  if (!timer) tick()
  return () => {
    askers.delete(asker)
    if (askers.size === 0 && timer) {
      clearTimeout(timer)
      timer = null
    }
  }
}

function tick(): void {
  const now = Date.now()
  for (const asker of askers) asker(now)
  timer = setTimeout(tick, 1000 - (Date.now() % 1000))
}
