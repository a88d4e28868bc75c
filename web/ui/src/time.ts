import type { Language } from './domain/types'
import { currentLanguage } from './i18n'

/** Elapsed time as the duty officer reads it: "02:14" under an hour, "1:02:14" over it. */
export function elapsed(fromIso: string, nowMs: number): string {
  return clockFace(Math.max(0, Math.floor((nowMs - Date.parse(fromIso)) / 1000)))
}

export function clockFace(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = Math.floor(seconds % 60)
  if (hours > 0) return `${hours}:${two(minutes)}:${two(rest)}`
  return `${two(minutes)}:${two(rest)}`
}

/** Local clock time, "14:03:27". */
export function clock(iso: string): string {
  const date = new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** "14:03:27" of this day; of any other with its date: a time alone would be taken for today's. */
export function moment(iso: string, now = new Date()): string {
  return new Date(iso).toDateString() === now.toDateString() ? clock(iso) : dayTime(iso)
}

/** Travel time: minutes and seconds as "3:40". */
export function minutes(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** One decimal as the language writes it: "3.2" in English, "3,2" in Kazakh and Russian. */
export function tenths(value: number, language: Language): string {
  return language === 'en' ? value.toFixed(1) : value.toFixed(1).replace('.', ',')
}

/** Distance: "640 m" below a kilometre, "3.2 km" above; the unit's letters come from the locale. */
export function distance(metres: number, m: string, km: string, language = currentLanguage()): string {
  return metres < 950 ? `${Math.round(metres / 10) * 10} ${m}` : `${tenths(metres / 1000, language)} ${km}`
}

/** Day and time by this machine's zone, as everybody here writes them: 22.11.2026, 18:01. */
export const dayTime = (iso: string): string => new Date(iso).toLocaleString('ru-KZ', { dateStyle: 'short', timeStyle: 'short' })
