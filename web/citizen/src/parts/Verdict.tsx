import { type ReactNode, useEffect, useRef } from 'react'

import { Sign, type SignName } from './Sign'

export type Tone = 'danger' | 'warning' | 'note' | 'unknown' | 'unavailable'
const SIGNS: Record<Tone, SignName> = { danger: 'danger', warning: 'warning', note: 'note', unknown: 'unknown', unavailable: 'unknown' }

/** What was found, in one line, and what to do now. It is read out and looked at first. */
export function Verdict({ tone, title, children }: { tone: Tone; title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus()
    scrollTo(0, 0)
  }, [])
  return (
    <section className="verdict" data-tone={tone}>
      <Sign name={SIGNS[tone]} size={44} />
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </section>
  )
}
