import { problemText } from '@jedel/ui'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Desk } from './types'

/** Does something, says that it is done or why it is not, and looks again at what it may have changed. */
export function useSaid(desk: Desk, keys: string[]): [(work: () => Promise<unknown>, said: string) => Promise<boolean>, string | null] {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [fault, setFault] = useState<string | null>(null)
  const run = async (work: () => Promise<unknown>, said: string): Promise<boolean> => {
    try {
      await work()
      setFault(null)
      desk.say(said)
      return true
    } catch (error) {
      setFault(problemText(error, t))
      return false
    } finally {
      for (const key of keys) await queries.invalidateQueries({ queryKey: [key] })
    }
  }
  return [run, fault]
}
