/** What the page asks. Where the answer costs work, the work is done first, unseen but for its progress. */
import { currentLanguage } from '@jedel/ui/i18n'

import { type Progress, solve } from './work/solve'

export interface Sourced {
  source: string
  as_of: string
}
export interface CarFacts extends Sourced {
  make: string | null
  model: string | null
  colour: string | null
  kind: string | null
  year: number | null
  state: 'registered' | 'deregistered' | 'scrapped' | 'exported'
  restrictions: string[]
  accidents: number
}
export interface CarHistory {
  by: 'plate' | 'vin'
  number: string
  known: boolean
  vehicle: CarFacts | null
  owners: (Sourced & { count: number | null }) | null
  wanted: (Sourced & { wanted: boolean }) | null
  unavailable: string[]
  checked_at: string
}
export interface PhoneAnswer {
  imei: string
  software: string | null
  state: 'clear' | 'reported_lost' | 'reported_stolen' | 'unavailable'
  since: string | null
  source: string | null
  as_of: string | null
  checked_at: string
}
export interface NewReport {
  id: string
  region: string
  imei: string
  state: 'lost' | 'stolen'
  happened_on: string
  place: string
  name: string
  contact: string
}
export interface ReportStatus {
  state: 'waiting' | 'approved' | 'refused'
  at: string
  decided_at: string | null
  reason: string | null
}
export type Regions = Record<string, Record<'kk' | 'ru' | 'en', string>>

/** The server said no; the text is its own, in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    text: string,
  ) {
    super(text)
  }
}
/** Nothing came back. */
export class NoLink extends Error {}

type What = 'question' | 'receipt' | 'report'
type Proof = { challenge: string; answer: string }

const TIMEOUT_MS = 15_000
const KEPT_AS = 'jedel.citizen.device'

/** A number by chance, forgotten when the tab is closed: a share of questions hangs on it, nothing else. */
function device(): string {
  const kept = sessionStorage.getItem(KEPT_AS)
  if (kept) return kept
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  sessionStorage.setItem(KEPT_AS, made)
  return made
}

async function call<T>(path: string, body?: object): Promise<T> {
  let response: Response
  let said: unknown
  try {
    response = await fetch(`/api/citizen/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'Accept-Language': currentLanguage(), 'Jedel-Device': device(), ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    said = await response.json()
  } catch {
    throw new NoLink()
  }
  if (response.ok) return said as T
  const { code, title } = said as { code?: string; title?: string }
  throw new Refused(code ?? `http_${response.status}`, title ?? '')
}

async function work(what: What, progress: Progress): Promise<Proof> {
  progress(0)
  const { challenge, bits } = await call<{ challenge: string; bits: number }>(`challenge?for=${what}`)
  return { challenge, answer: await solve({ challenge, bits }, progress) }
}

const WORK_AGAIN = new Set(['proof_needed', 'proof_refused', 'proof_used'])
const TRIES = 3

/** Asks; where a task is needed, solves it and asks again. A report costs one in any case. */
async function ask<T>(path: string, body: object, what: What, progress: Progress): Promise<T> {
  let proof = what === 'report' ? await work(what, progress) : undefined
  for (let tried = 1; ; tried++) {
    try {
      return await call<T>(path, proof ? { ...body, proof } : body)
    } catch (error) {
      if (tried === TRIES || !(error instanceof Refused) || !WORK_AGAIN.has(error.code)) throw error
      proof = await work(what, progress)
    }
  }
}

export const checkCar = (asked: { plate: string } | { vin: string }, progress: Progress): Promise<CarHistory> => ask('vehicle', asked, 'question', progress)
export const checkPhone = (imei: string, progress: Progress): Promise<PhoneAnswer> => ask('imei', { imei }, 'question', progress)
export const sendReport = (report: NewReport, progress: Progress): Promise<{ receipt: string; at: string }> => ask('phone-reports', report, 'report', progress)
export const reportStatus = (receipt: string, progress: Progress): Promise<ReportStatus> => ask('phone-reports/status', { receipt }, 'receipt', progress)
export const regions = async (): Promise<Regions> => (await call<{ regions: Regions }>('about')).regions
