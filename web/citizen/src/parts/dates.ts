import { currentLanguage } from '@jedel/ui/i18n'

import { daysBetween } from '../numbers'

const LOCALES = { kk: 'kk-KZ', ru: 'ru-RU', en: 'en-GB' }

/** A day: from a moment or from a date without a time. */
export function day(iso: string): string {
  const noTime = iso.length === 10
  return new Intl.DateTimeFormat(LOCALES[currentLanguage()], { dateStyle: 'long', ...(noTime ? { timeZone: 'UTC' } : {}) }).format(new Date(iso))
}

export function moment(iso: string): string {
  return new Intl.DateTimeFormat(LOCALES[currentLanguage()], { dateStyle: 'long', timeStyle: 'short' }).format(new Date(iso))
}

/** "today", "3 days ago". */
export function ago(from: string, to: string): string {
  return new Intl.RelativeTimeFormat(LOCALES[currentLanguage()], { numeric: 'auto' }).format(-daysBetween(from, to), 'day')
}
