/** When to believe that nothing comes, and when to try again. Pure. */

const SILENCE_MS = 1_500
const SLOW_MS = 12_000
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5_000

/** Bytes seen at moments: how long it is since they grew, against what this stream usually leaves between. */
export class Silence {
  private bytes = -1
  private grewAt: number
  private longest = 0

  constructor(now: number) {
    this.grewAt = now
  }

  /** `now` in ms. */
  see(bytes: number, now: number): void {
    if (bytes <= this.bytes) return
    const first = this.bytes <= 0
    this.bytes = bytes
    if (first) this.grewAt = now
    else this.grew(now)
  }

  /** They must have grown, however many they are: pictures were shown. */
  grew(now: number): void {
    if (this.bytes > 0) this.longest = Math.max(this.longest * 0.99, now - this.grewAt)
    this.bytes = Math.max(this.bytes, 1)
    this.grewAt = now
  }

  /** A camera of one picture in two seconds is not silent after one and a half. */
  broken(now: number): boolean {
    return now - this.grewAt > Math.min(SLOW_MS, Math.max(SILENCE_MS, 3 * this.longest))
  }

  get since(): number {
    return this.grewAt
  }
}

/** The pause before try `nth` (0 is the first after a break): short, growing, never in step with a thousand others. */
export function pauseMs(nth: number, dice: number): number {
  if (nth === 0) return 0
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (nth - 1)) * (0.75 + dice / 2)
}
