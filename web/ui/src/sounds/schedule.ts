import type { Sound } from './index'

/** What asks to be heard: emergencies nobody has acknowledged (since when), and whether something is in trouble. */
export interface Asking {
  emergenciesSince: number[]
  trouble: boolean
}
export interface Heard {
  emergencyAt: number | null
  troubleAt: number | null
}

export const SILENCE: Heard = { emergencyAt: null, troubleAt: null }
const EMERGENCY_EVERY_MS = 5_000
const LOUDER_AFTER_MS = 30_000
const TROUBLE_EVERY_MS = 60_000

/**
 * Which sound is due now. An emergency sounds at once, then every 5 s until acknowledged, louder
 * after 30 s; trouble at once, then once a minute. An emergency never waits for a trouble tone.
 */
export function due(asking: Asking, heard: Heard, nowMs: number): { sound: Sound | null; heard: Heard } {
  const oldest = Math.min(...asking.emergenciesSince)
  if (asking.emergenciesSince.length > 0) {
    if (heard.emergencyAt === null || nowMs - heard.emergencyAt >= EMERGENCY_EVERY_MS) {
      const sound = nowMs - oldest >= LOUDER_AFTER_MS ? 'emergency_loud' : 'emergency'
      return { sound, heard: { ...heard, emergencyAt: nowMs } }
    }
    return { sound: null, heard }
  }
  if (asking.trouble) {
    if (heard.troubleAt === null || nowMs - heard.troubleAt >= TROUBLE_EVERY_MS) {
      return { sound: 'trouble', heard: { emergencyAt: null, troubleAt: nowMs } }
    }
    return { sound: null, heard: { ...heard, emergencyAt: null } }
  }
  return { sound: null, heard: SILENCE }
}
