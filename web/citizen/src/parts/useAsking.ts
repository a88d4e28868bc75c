import type { TFunction } from 'i18next'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { NoLink, Refused } from '../api'
import type { Progress } from '../work/solve'

export interface Asking<T> {
  answer: T | null
  fault: string | null
  busy: boolean
  /** From 0 to 1 while a task is being solved. */
  working: number | null
  ask: (question: (progress: Progress) => Promise<T>) => Promise<T | null>
  again: () => void
  clearFault: () => void
}

function faultText(error: unknown, t: TFunction): string {
  if (error instanceof NoLink) return t('wait.no_link')
  return (error instanceof Refused && error.message) || t('wait.failed')
}

/** One question at a time: what it costs, what came back, what went wrong. */
export function useAsking<T>(): Asking<T> {
  const { t } = useTranslation()
  const [answer, setAnswer] = useState<T | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [working, setWorking] = useState<number | null>(null)
  const ask = useCallback(
    async (question: (progress: Progress) => Promise<T>) => {
      setBusy(true)
      setFault(null)
      try {
        const found = await question(setWorking)
        setAnswer(found)
        return found
      } catch (error) {
        setFault(faultText(error, t))
        return null
      } finally {
        setBusy(false)
        setWorking(null)
      }
    },
    [t],
  )
  const again = useCallback(() => {
    setAnswer(null)
    setFault(null)
  }, [])
  const clearFault = useCallback(() => setFault(null), [])
  return { answer, fault, busy, working, ask, again, clearFault }
}
