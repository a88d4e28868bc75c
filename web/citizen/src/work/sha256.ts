/**
 * SHA-256 (FIPS 180-4) of short texts, many in a row. The browser's own is asked by promise, which takes ten
 * times as long as the hash; a task needs tens of thousands.
 */
const K = new Uint32Array(64)
const START = new Uint32Array(8)

// The constants are the first 32 bits of the fractions of roots of the first primes.
{
  const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32)
  let found = 0
  for (let n = 2; found < 64; n++) {
    let prime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
    if (!prime) continue
    if (found < 8) START[found] = fraction(Math.sqrt(n))
    K[found++] = fraction(Math.cbrt(n))
  }
}

const W = new Uint32Array(64)
const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by))

/** The first 32 bits of the hash: all that a task looks at. `bytes` are at most 119. */
export function firstWord(bytes: Uint8Array, length: number): number {
  return sha256(bytes, length)[0]!
}

/** The whole hash, eight words. */
export function sha256(bytes: Uint8Array, length: number): Uint32Array {
  const h = Uint32Array.from(START)
  const blocks = (length + 9 + 63) >> 6
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) {
      let word = 0
      for (let j = 0; j < 4; j++) {
        const at = block * 64 + i * 4 + j
        word = (word << 8) | (at < length ? bytes[at]! : at === length ? 0x80 : 0)
      }
      W[i] = word
    }
    if (block === blocks - 1) W[15] = length * 8
    compress(h)
  }
  return h
}

function compress(h: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const a = W[i - 15]!
    const b = W[i - 2]!
    const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)
    const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)
    W[i] = W[i - 16]! + s0 + W[i - 7]! + s1
  }
  let [a, b, c, d, e, f, g, last] = h as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const one = (last + s1 + ((e & f) ^ (~e & g)) + K[i]! + W[i]!) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    last = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  const now = [a, b, c, d, e, f, g, last]
  for (let i = 0; i < 8; i++) h[i] = h[i]! + now[i]!
}
