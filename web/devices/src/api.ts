/** What the page asks of the simulator that serves it. It alone holds the devices' keys. */
import type { Words } from '@jedel/ui'

export type Level = 'help' | 'lockdown'

export interface DemoDevice {
  id: string
  kind: 'panic_button' | 'post' | 'panel'
  name: Words | string
  address: Words | string | null
  /** How it speaks to the centre. */
  transport: 'mqtt' | 'dc09' | 'http'
  levels: Level[]
}

export interface DemoTablet {
  unit_id: string
  call_sign: string
  url: string
}

export interface About {
  console_url: string
  accounts: { login: string; password: string; role: string }[]
}

/** The centre's own receipt, sent after the press was stored. */
export interface Receipt {
  receipt: string
  alarm: string | null
  /** Milliseconds from the press to the receipt. */
  ms: number
}

export type Drive = 'stolen' | 'clones'

/** What drives now: its plate, and the numbers of the cameras that it passes, in order. */
export interface Driven {
  plate: string
  cameras: number[]
  /** Seconds until it is at the first of them. */
  in_s: number
}

/** What carries a camera, and whether the centre hears it. */
export interface DemoDrone {
  unit_id: string
  call_sign: string
  kind: 'drone' | 'complex'
  linked: boolean
}

export class Refused extends Error {}

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    signal: AbortSignal.timeout(20_000),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as { detail?: unknown }
    throw new Refused(typeof said.detail === 'string' ? said.detail : String(response.status))
  }
  return (await response.json()) as T
}

export const devices = (): Promise<DemoDevice[]> => call('devices')
export const tablets = (): Promise<DemoTablet[]> => call('tablets')
export const about = (): Promise<About> => call('about')
export const drives = (): Promise<Drive[]> => call('drives')
export const drive = (what: Drive): Promise<Driven> => call('drives', { what })
/** Patrols whose tablets ring because of this car. */
export const toldOf = (plate: string): Promise<DemoTablet[]> => call(`drives/${plate}`)
export const drones = (): Promise<DemoDrone[]> => call('drones')
export const linkOf = (unit_id: string, linked: boolean): Promise<DemoDrone> => call('drones', { unit_id, linked })
export const press = (device_id: string, level: Level): Promise<Receipt> => call('press', { device_id, level })
