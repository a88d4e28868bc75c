import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react'

import type { Tablet, View } from '../work/tablet'

export const TabletContext = createContext<Tablet | null>(null)

export function useTablet(): [Tablet, View] {
  const tablet = useContext(TabletContext)
  if (!tablet) throw new Error('useTablet outside of TabletContext')
  return [tablet, useSyncExternalStore(tablet.subscribe, () => tablet.view)]
}

/** The present second, for what is shown as elapsed. */
export function useSecond(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
