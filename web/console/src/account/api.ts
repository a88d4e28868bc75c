import { makeClient, newId, type Role } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'

export interface Passkey {
  id: string
  name: string
  created_at: string
  used_at: string | null
}

export interface OpenSession {
  id: string
  created_at: string
  seen_at: string
  agent: string
  method: string
  own: boolean
}

export interface Account {
  id: string
  login: string
  name: string
  role: Role
  language: string
  external: boolean
  blocked_at: string | null
  signed_in_at: string | null
  passkeys: number
  totp: boolean
  password: boolean
  begun: boolean
}

export interface Recovery {
  id: string
  account_id: string
  login: string
  name: string
  role: Role
  asked_at: string
  approved_at: string | null
}

/** A code to hand over, shown once. */
export interface HandOver {
  name: string
  login: string
  code: string
  expires_at: string
}

/** `qr`: an SVG path of `qr_size` modules a side. */
export interface TotpBegun {
  secret: string
  qr: string
  qr_size: number
}

export interface Ways {
  first: boolean
  provider: string | null
}

/** A wrong password here is no end of the session: this client does not sign anybody out. */
export const client = makeClient()

export const command = () => ({ id: newId() })

const PAGE = 200

export async function allAccounts(): Promise<Account[]> {
  const all: Account[] = []
  for (;;) {
    const page = await client.get<Account[]>(`/api/accounts?limit=${PAGE}${all.length > 0 ? `&after=${all.at(-1)!.id}` : ''}`)
    all.push(...page)
    if (page.length < PAGE) return all
  }
}

const LETS_IN: ReadonlySet<Role> = new Set(['supervisor', 'administrator', 'auditor'])

export const useRecoveries = (role: Role) =>
  useQuery({ queryKey: ['recoveries'], queryFn: () => client.get<Recovery[]>('/api/recoveries'), enabled: LETS_IN.has(role), refetchInterval: 20_000 })
