import type { ReactNode } from 'react'

/** A filled disc in a ring: it records. It does not blink. */
export function RecordedSign({ children }: { children: ReactNode }) {
  return (
    <p className="recorded">
      <svg viewBox="0 0 24 24" aria-hidden>
        <circle cx="12" cy="12" r="10" fill="none" stroke="currentColor" strokeWidth="2" />
        <circle cx="12" cy="12" r="5.5" fill="currentColor" />
      </svg>
      {children}
    </p>
  )
}
