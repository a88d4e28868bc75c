import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'

import { likely, search, STRIDE } from '../src/work/search'
import { sha256 } from '../src/work/sha256'

const hex = (words: Uint32Array): string => Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')

describe('the hash', () => {
  it('is SHA-256 for every length that a task has', () => {
    for (let length = 0; length < 120; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255)
      expect(hex(sha256(bytes, length))).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })
})

describe('the search', () => {
  it('finds what the server takes', () => {
    const challenge = 'AQzzYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo0'
    let answer: string | null = null
    for (let from = 0; answer === null; from += STRIDE) answer = search(challenge, 14, from)
    const digest = createHash('sha256').update(`${challenge}.${answer}`).digest()
    expect(Math.clz32(digest.readUInt32BE(0))).toBeGreaterThanOrEqual(14)
  })
  it('says how likely the end is', () => {
    expect(likely(0, 16)).toBe(0)
    expect(likely(2 ** 16, 16)).toBeCloseTo(0.632, 3)
    expect(likely(2 ** 20, 16)).toBeGreaterThan(0.999)
  })
})
