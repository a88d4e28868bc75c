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

/** As it is typed and shown in a field: 22.11.2026 18:01, with seconds 18:01:05. */
export function writtenMoment(at: number, seconds = false): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])].map(two).join(':')
  return `${two(date.getDate())}.${two(date.getMonth() + 1)}.${date.getFullYear()} ${time}`
}

const DAY = /^(?:(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?|(\d{4})-(\d{1,2})-(\d{1,2}))$/
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/

/**
 * What somebody typed, in milliseconds since 1970 by this machine's zone: day and time in either order of writing
 * (22.11.2026 18:01, 2026-11-22 18:01:05), a day alone (its beginning), a time alone (of the day of `near`), a day
 * without its year (that of `near`). null: no moment, or one that no calendar has.
 */
export function readMoment(text: string, near: number): number | null {
  const parts = text.trim().split(/[\s,T]+/)
  const [first = '', second] = parts
  if (parts.length > 2) return null
  const day = DAY.exec(first)
  const time = TIME.exec(day ? (second ?? '0:00') : first)
  if (!time || (!day && second !== undefined)) return null
  const here = new Date(near)
  const year = Number(day?.[3] ?? day?.[4] ?? here.getFullYear())
  const [y, m, d] = day
    ? [year < 100 ? 2000 + year : year, Number(day[2] ?? day[5]) - 1, Number(day[1] ?? day[6])]
    : [year, here.getMonth(), here.getDate()]
  const [hour, minute, second_] = [Number(time[1]), Number(time[2]), Number(time[3] ?? 0)]
  const found = new Date(y, m, d, hour, minute, second_)
  const whole = found.getMonth() === m && found.getDate() === d && hour < 24 && minute < 60 && second_ < 60
  return whole ? found.getTime() : null
}

/** Day and time by this machine's zone, as everybody here writes them: 22.11.2026, 18:01. */
export const dayTime = (iso: string): string => new Date(iso).toLocaleString('ru-KZ', { dateStyle: 'short', timeStyle: 'short' })
