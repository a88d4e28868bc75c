/** Passkeys by the browser's own WebAuthn; the server makes the options and judges the answers. */
import type { Me } from '../domain/types'
import { newId } from '../ids'
import type { Client } from './client'

/** Whether this browser can, and the page is one that may (https, or localhost by name). */
export const passkeysWork = (): boolean => window.isSecureContext && 'parseCreationOptionsFromJSON' in (window.PublicKeyCredential ?? {})

/** Whoever says no to the browser's question, or has no passkey here: nothing happened. */
export const isCancelled = (error: unknown): boolean => error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')

export async function addPasskey(client: Client, name: string): Promise<void> {
  const options = await client.post<PublicKeyCredentialCreationOptionsJSON>('/api/passkeys/options', undefined)
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  await client.post('/api/passkeys', { id: newId(), name, credential: credential.toJSON() })
}

export async function signInByPasskey(client: Client): Promise<Me> {
  const options = await client.post<PublicKeyCredentialRequestOptionsJSON>('/api/session/passkey/options', undefined)
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  return client.post<Me>('/api/session/passkey', { credential: credential.toJSON() })
}

/** Show again who you are; the session goes on under a new token. */
export async function proveByPasskey(client: Client): Promise<void> {
  const options = await client.post<PublicKeyCredentialRequestOptionsJSON>('/api/session/passkey/options', undefined)
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  await client.post('/api/session/again/passkey', { credential: credential.toJSON() })
}
