import { currentLanguage } from '@jedel/ui/i18n'

import { daysBetween } from '../numbers'

/** Browsers know Russian and English dates; of Kazakh ones most know nothing. */
const LOCALES = { ru: 'ru-RU', en: 'en-GB' }
const KAZAKH_MONTHS = [
  'қаңтар', 'ақпан', 'наурыз', 'сәуір', 'мамыр', 'маусым', 'шілде', 'тамыз', 'қыркүйек', 'қазан', 'қараша', 'желтоқсан',
]

function kazakh(date: Date): string {
  return `${date.getFullYear()} ж. ${date.getDate()} ${KAZAKH_MONTHS[date.getMonth()]}`
}

/** A day: of a moment, or of a date without a time. */
export function day(iso: string): string {
  const date = new Date(iso.length === 10 ? `${iso}T00:00` : iso)
  const language = currentLanguage()
  return language === 'kk' ? kazakh(date) : new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long' }).format(date)
}

export function moment(iso: string): string {
  const date = new Date(iso)
  const language = currentLanguage()
  if (language !== 'kk') return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeStyle: 'short' }).format(date)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${kazakh(date)}, ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** "today", "3 days ago". */
export function ago(from: string, to: string): string {
  const days = daysBetween(from, to)
  const language = currentLanguage()
  if (language === 'kk') return days === 0 ? 'бүгін' : days === 1 ? 'кеше' : `${days} күн бұрын`
  return new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' }).format(-days, 'day')
}
