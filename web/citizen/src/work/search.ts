import { firstWord } from './sha256'

/** How many are tried before there is time for anything else. */
export const STRIDE = 4096

/**
 * Looks for a number after which the hash of `challenge.number` begins with so many zero bits, from `first` on.
 * Null where none of the next `STRIDE` does.
 */
export function search(challenge: string, bits: number, first: number): string | null {
  const bytes = new Uint8Array(119)
  const { written } = new TextEncoder().encodeInto(`${challenge}.`, bytes)
  for (let number = first; number < first + STRIDE; number++) {
    const digits = String(number)
    for (let i = 0; i < digits.length; i++) bytes[written + i] = digits.charCodeAt(i)
    if (Math.clz32(firstWord(bytes, written + digits.length)) >= bits) return digits
  }
  return null
}

/** How likely it is, from 0 to 1, that so many tries were enough: what a progress bar can honestly show. */
export function likely(tries: number, bits: number): number {
  return 1 - Math.exp(-tries / 2 ** bits)
}
