import { NoLink, Problem, toProblem } from '../api/client'
import { currentLanguage } from '../i18n'

/** What the gateway answers to an offer. */
export interface Answer {
  sdp: string
  /** Where the session is ended by `DELETE`. */
  location: string | null
  /** Parts of the picture are covered. */
  masked: boolean
}

export interface ExchangeOptions {
  /** `Authorization` of a device; the console's session is a cookie. */
  bearer?: () => Promise<string | null>
  signal?: AbortSignal
}

const WITHIN_MS = 8_000

/** An SDP offer to the gateway (RFC 9725 and WHEP alike). @throws Problem, NoLink */
export async function exchange(path: string, offer: string, { bearer, signal }: ExchangeOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { 'Content-Type': 'application/sdp', 'Accept-Language': currentLanguage() }
  const said = await bearer?.()
  if (said) headers.Authorization = `Bearer ${said}`
  const timeout = AbortSignal.timeout(WITHIN_MS)
  let response: Response
  let text: string
  try {
    response = await fetch(path, {
      method: 'POST',
      headers,
      body: offer,
      credentials: 'same-origin',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    text = await response.text()
  } catch {
    throw new NoLink()
  }
  if (!response.ok) throw toProblem(response.status, text)
  if (!text.startsWith('v=0')) throw new Problem(502, 'not_sdp', '')
  return { sdp: text, location: response.headers.get('Location'), masked: response.headers.get('Jedel-Masked') === '1' }
}

/** Ends a session; also while the page is being left. Where that fails, the gateway hears nothing more of us and ends it. */
export async function leave(location: string | null, bearer?: () => Promise<string | null>): Promise<void> {
  if (!location) return
  try {
    const said = await bearer?.()
    await fetch(location, { method: 'DELETE', keepalive: true, credentials: 'same-origin', headers: said ? { Authorization: `Bearer ${said}` } : {} })
  } catch {
    return
  }
}

/** Names and passwords of a TURN server are good for twelve hours. */
const SERVERS_FOR_MS = 3_600_000
let asked: Promise<RTCIceServer[]> | null = null
let askedAt = 0

/** STUN and TURN servers by the settings; none where they cannot be had: most browsers need none. */
export function iceServers(bearer?: () => Promise<string | null>): Promise<RTCIceServer[]> {
  if (!asked || Date.now() - askedAt > SERVERS_FOR_MS) {
    askedAt = Date.now()
    asked = ask(bearer).catch(() => {
      asked = null
      return []
    })
  }
  return asked
}

async function ask(bearer?: () => Promise<string | null>): Promise<RTCIceServer[]> {
  const said = await bearer?.()
  const response = await fetch('/api/media/ice', {
    credentials: 'same-origin',
    headers: said ? { Authorization: `Bearer ${said}` } : {},
    signal: AbortSignal.timeout(3_000),
  })
  if (!response.ok) throw new Error(String(response.status))
  return ((await response.json()) as { ice_servers?: RTCIceServer[] }).ice_servers ?? []
}
