/**
 * For what somebody looks up: asked once for each incident or case, kept for this browser session under
 * the account's own name, forgotten when the account signs out.
 */
import type { Words } from '../domain/types'

export interface Case {
  incident: { id: string; number: number; title: Words; label: Words } | null
  caseNumber: string | null
  purpose: string
}

const PREFIX = 'jedel.lookups.'
const KEPT = 30
const CASE_NUMBER = /^[0-9A-ZА-ЯӘІҢҒҮҰҚӨҺ/-]{3,40}$/

/** As the server wants it; null where no case has such a number. */
export function caseNumber(typed: string): string | null {
  const text = typed.trim().toUpperCase()
  return CASE_NUMBER.test(text) && /\d/.test(text) ? text : null
}

const keyOf = (each: Pick<Case, 'incident' | 'caseNumber'>): string => each.incident?.id ?? each.caseNumber ?? ''

export class Cases {
  constructor(
    private readonly account: string,
    private readonly storage: Pick<Storage, 'getItem' | 'setItem'> = sessionStorage,
  ) {}

  /** The latest first: the one in hand. */
  all(): Case[] {
    try {
      return JSON.parse(this.storage.getItem(PREFIX + this.account) ?? '[]') as Case[]
    } catch {
      return []
    }
  }

  /** The purpose that was chosen for this incident or case. */
  find(wanted: Pick<Case, 'incident' | 'caseNumber'>): Case | undefined {
    return this.all().find((each) => keyOf(each) === keyOf(wanted))
  }

  take(chosen: Case): void {
    const rest = this.all().filter((each) => keyOf(each) !== keyOf(chosen))
    this.storage.setItem(PREFIX + this.account, JSON.stringify([chosen, ...rest].slice(0, KEPT)))
  }
}

/** Whoever signs in next must not see for what the one before asked. */
export function forgetCases(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
}
