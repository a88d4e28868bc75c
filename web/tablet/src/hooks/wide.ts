import { useSyncExternalStore } from 'react'

const WIDE = '(orientation: landscape) and (min-width: 821px)'

/** The screen lies and has room for two columns; as in narrow.css. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(WIDE)
      query.addEventListener('change', changed)
      return () => query.removeEventListener('change', changed)
    },
    () => matchMedia(WIDE).matches,
  )
}
