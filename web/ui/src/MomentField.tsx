import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readMoment, writtenMoment } from './time'

export interface MomentFieldProps {
  /** Milliseconds since 1970; null: none. */
  value: number | null
  onChange: (at: number | null) => void
  seconds?: boolean
  /** Enter gives the keyboard back to what stands around it; without it Enter is the form's. */
  leaves?: boolean
  /** Said to screen readers where no label stands beside it. */
  label?: string
}

/**
 * A day and a time as everybody here writes them, whatever language the browser has: its own field says
 * "11/22/2026, 06:01 PM" to an officer whose page is in Kazakh. Taken over at Enter and when it is left.
 */
export function MomentField({ value, onChange, seconds = false, leaves = false, label }: MomentFieldProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  /** What stood there when somebody came to type: a time that runs stands still for him, and is not gone back to. */
  const stood = useRef('')
  const [typed, setTyped] = useState<string | null>(null)
  const [refused, setRefused] = useState(false)
  const [now] = useState(() => Date.now())
  const near = value ?? now
  const shown = typed ?? (value === null ? '' : writtenMoment(value, seconds))
  const bad = shown.trim() !== '' && readMoment(shown, near) === null
  useEffect(() => {
    input.current?.setCustomValidity(bad ? t('moment.bad', { example: writtenMoment(now, seconds) }) : '')
  }, [bad, t, now, seconds])
  const take = () => {
    setRefused(bad)
    if (typed === null || bad) return
    setTyped(null)
    if (typed === stood.current) return
    stood.current = typed
    const at = typed.trim() === '' ? null : readMoment(typed, near)
    if (at !== value) onChange(at)
  }
  return (
    <input
      ref={input}
      type="text"
      autoComplete="off"
      spellCheck={false}
      size={seconds ? 19 : 16}
      aria-label={label}
      aria-invalid={(refused && bad) || undefined}
      placeholder={writtenMoment(now, seconds)}
      value={shown}
      onFocus={(event) => {
        stood.current = shown
        setTyped(shown)
        event.target.select()
      }}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && leaves && !bad) return event.currentTarget.blur()
        if (event.key === 'Enter') take()
        if (event.key !== 'Escape' || typed === null || typed === stood.current) return
        event.preventDefault()
        setTyped(stood.current)
      }}
    />
  )
}
