/** Numbers as people type them. */

const LOOK_ALIKES: Record<string, string> = Object.fromEntries([...'АВЕКМНОРСТУХІ'].map((each, i) => [each, 'ABEKMHOPCTYXI'[i]!]))

/** What a plate or VIN becomes while it is typed: capitals, Cyrillic letters that look Latin turned Latin. */
export function asPlate(typed: string): string {
  return [...typed.toUpperCase()].map((each) => LOOK_ALIKES[each] ?? each).join('')
}

export const compact = (typed: string): string => typed.replace(/[\s\-–—|./]+/g, '')

/** A VIN has 17 characters, a plate at most 10: whatever is longer is meant as a VIN. */
export function plateOrVin(typed: string): { plate: string } | { vin: string } {
  const number = compact(asPlate(typed))
  return number.length > 10 ? { vin: number } : { plate: number }
}

/** A receipt in groups that can be said: 482 109 375 5624. */
export const sayable = (receipt: string): string => receipt.replace(/^(\d{3})(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3 $4')

/** An IMEI as phones show it: 35 209900 176148 1. */
export const imeiGroups = (imei: string): string => imei.replace(/^(\d{2})(\d{6})(\d{6})(\d)$/, '$1 $2 $3 $4')

/** Whole days between two moments; never negative. */
export const daysBetween = (from: string, to: string): number => Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000))
