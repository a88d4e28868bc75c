import type { TFunction } from 'i18next'
import { NoLink, Problem } from './api/client'

/** What to tell the user: the server's own message (it is in his language and names the remedy), else ours. */
export function problemText(error: unknown, t: TFunction): string {
  if (error instanceof NoLink) return t('error.no_link')
  if (error instanceof Problem) return error.message || t('error.unknown', { status: error.status })
  return t('error.unknown', { status: error instanceof Error ? error.name : '?' })
}
