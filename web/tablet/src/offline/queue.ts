/**
 * The decisions of the command queue, without I/O.
 *
 * Invariants (queue.test.ts holds them):
 * 1. A command leaves the queue only when the centre has taken it, or when the officer has been told
 *    that the centre refused it and has said "understood". Nothing else removes one.
 * 2. Commands are sent one at a time, in the order in which the officer gave them.
 * 3. A retry carries the same id and body, so the centre does it once.
 */
import type { AlertAnswer } from '@jedel/ui'

/** What the officer did. `path` and `body` are exactly what is sent; `body.id` equals `id`. */
export interface Command {
  id: string
  what:
    | 'en_route'
    | 'on_scene'
    | 'result'
    | 'shift_on'
    | 'shift_off'
    | 'available'
    | 'busy'
    | `alert_${AlertAnswer}`
  path: string
  body: Record<string, unknown> & { id: string }
  /** Milliseconds of the tablet's clock when the button was pressed. */
  at: number
  /** The incident it speaks of, and the number that the officer knows it by. */
  incident: string | null
  number: number | null
  /** The alert that it answers, and the plate that the officer knows it by. */
  alert?: { id: string; plate: string }
}

/** A problem of the centre (RFC 9457), already in the officer's language. */
export interface Problem {
  status: number
  code: string
  detail: string
}

/** A command that the centre did not take; stays until the officer says "understood". */
export interface Refusal {
  command: Command
  problem: Problem
  at: number
}

export type Answer = { kind: 'taken' } | { kind: 'problem'; problem: Problem } | { kind: 'no_link' }

/** What to do next with the command at the head of the queue. */
export type Verdict =
  | { do: 'remove' }
  | { do: 'refuse'; problem: Problem }
  | { do: 'retry'; inMs: number }
  | { do: 'wait_for_device'; problem: Problem }

/** More than a long shift without a link gives; past it the tablet says so and takes no more. */
export const COMMANDS_MAX = 500
export const RETRY_FIRST_MS = 1_000
export const RETRY_LAST_MS = 30_000

/**
 * Judges the centre's answer to the head of the queue.
 *
 * @param attempt how many times this command has been sent without an answer that settles it (1 = first)
 * @param chance 0..1, spreads the retries of many tablets that lost the same mast
 */
export function judge(answer: Answer, attempt: number, chance: number): Verdict {
  if (answer.kind === 'taken') return { do: 'remove' }
  if (answer.kind === 'no_link') return { do: 'retry', inMs: backoffMs(attempt, chance) }
  const { status } = answer.problem
  // The command is good, this tablet is not: it was blocked or its key replaced. Keep everything.
  if (status === 401) return { do: 'wait_for_device', problem: answer.problem }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { do: 'retry', inMs: backoffMs(attempt, chance) }
  }
  return { do: 'refuse', problem: answer.problem }
}

/** 1, 2, 4 … 30 s, each shortened by up to half at random. */
export function backoffMs(attempt: number, chance: number): number {
  const whole = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.round(whole * (1 - chance / 2))
}
