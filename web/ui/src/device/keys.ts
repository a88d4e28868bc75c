/**
 * A device's word to the centre: it proves its own key pair and gets a token for a quarter of an hour.
 * The private key cannot be read out of the browser, not even by this page.
 */
import { makeClient, Problem } from '../api/client'

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGN = { name: 'ECDSA', hash: 'SHA-256' }
const AUDIENCE = 'jedel:device-token'
/** Of a token's life; what is left is for a link that is away for a moment. */
const RENEW_AT = 0.6
/** A token that was refused sooner than this after it came is refused for good. */
const FRESH_MS = 10_000

interface Token {
  token: string
  expires_at: string
  now: string
}

export async function makePair(): Promise<{ privateKey: CryptoKey; point: string }> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify'])
  return { privateKey: pair.privateKey, point: base64url(await crypto.subtle.exportKey('raw', pair.publicKey)) }
}

/** A key that came from elsewhere (PKCS #8, base64url), for the demonstration's tablets only. */
export function importPair(pkcs8: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(pkcs8.replaceAll('-', '+').replaceAll('_', '/')), (ch) => ch.charCodeAt(0))
  return crypto.subtle.importKey('pkcs8', bytes, CURVE, false, ['sign'])
}

export class Keys {
  private token = ''
  private cameAt = -Infinity
  private renewAt = -Infinity
  private offsetMs = 0
  private asking: Promise<void> | null = null
  private readonly client = makeClient()

  constructor(
    private readonly deviceId: string,
    private readonly pair: CryptoKey,
    /** Of the program that runs here. */
    private readonly version: string,
  ) {}

  /**
   * What goes into `Authorization: Bearer`.
   *
   * @throws NoLink where a token is needed and the centre cannot be reached, Problem where it refuses
   */
  bearer = async (): Promise<string> => {
    if (performance.now() >= this.renewAt) {
      this.asking ??= this.renew().finally(() => (this.asking = null))
      await this.asking
    }
    return `${this.deviceId}.${this.token}`
  }

  /** The centre refused the token. @returns whether another one may help */
  forget = (): boolean => {
    this.renewAt = -Infinity
    return performance.now() - this.cameAt > FRESH_MS
  }

  private async renew(): Promise<void> {
    let said: Token
    try {
      said = await this.ask()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'device_clock_wrong') throw error
      this.offsetMs = Date.parse(error.params['now'] ?? '') - Date.now()
      said = await this.ask()
    }
    this.token = said.token
    this.cameAt = performance.now()
    this.renewAt = this.cameAt + RENEW_AT * (Date.parse(said.expires_at) - Date.parse(said.now))
  }

  private async ask(): Promise<Token> {
    const claims = {
      iss: this.deviceId,
      sub: this.deviceId,
      aud: AUDIENCE,
      iat: Math.round((Date.now() + this.offsetMs) / 1000),
      jti: crypto.randomUUID(),
    }
    const text = `${encoded({ alg: 'ES256', typ: 'JWT' })}.${encoded(claims)}`
    const signature = await crypto.subtle.sign(SIGN, this.pair, new TextEncoder().encode(text))
    const assertion = `${text}.${base64url(signature)}`
    return this.client.post<Token>('/api/devices/token', { device_id: this.deviceId, assertion, version: this.version })
  }
}

const encoded = (value: unknown): string => base64url(new TextEncoder().encode(JSON.stringify(value)))

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
