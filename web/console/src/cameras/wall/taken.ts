/** Which camera is being turned from this screen: its places have the digits then, not the tiles. */

/** As long as the camera's lock lasts after a command (the server's `HELD_FOR`). */
export const HELD_MS = 8_000

let holder: object | null = null

/** Whether digits and Esc belong to a camera that is being turned. */
export const digitsTaken = (): boolean => holder !== null

/** Digits are this one's; whoever had them has them no longer. */
export function takeDigits(who: object): void {
  holder = who
}

/** Only who has them can let go of them. */
export function leaveDigits(who: object): void {
  if (holder === who) holder = null
}
