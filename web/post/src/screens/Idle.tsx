import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { Line } from '../line'
import { RecordedSign } from '../parts/RecordedSign'

/** One button. The focus rests on it, so that a post's own button may be wired as the Enter key. */
export function Idle({ line }: { line: Line }) {
  const { t } = useTranslation()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const rest = () => button.current?.focus({ preventScroll: true })
    rest()
    const timer = setInterval(() => document.activeElement === document.body && rest(), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <main className="idle">
      <div className="say">
        <h1>{t('idle.title')}</h1>
        <p>{t('idle.how')}</p>
      </div>
      <button ref={button} type="button" className="sos" onClick={() => void line.press()}>
        <span className="sos-letters" aria-hidden>
          SOS
        </span>
        <span>{t('idle.button')}</span>
      </button>
      <RecordedSign>{t('idle.recorded')}</RecordedSign>
    </main>
  )
}
