/** The live feed of one unit: kept open, noticed when dead, opened again. */
import { Problem } from '@jedel/ui'

import type { LiveMessage } from '../work/types'
import type { Keys } from './keys'

/** The centre speaks at least this often (its ping), else the link is dead though nobody said so. */
const SILENCE_MAX_MS = 40_000
const AGAIN_FIRST_MS = 500
const AGAIN_LAST_MS = 5_000

/** A resumed feed may have nothing to say; a socket that the centre left open for so long is good. */
const ADMITTED_MS = 500
const REFUSED_AGAIN_MS = 30_000

export interface LivePorts {
  keys: Keys
  /** Number of the last entry of the journal that is known here; null: none, begin with a snapshot. */
  last(): number | null
  message(message: LiveMessage): void
  /** True when the centre has taken the connection, false when it ended. */
  link(up: boolean): void
  /** The centre does not know this device or has blocked it. */
  refused(): void
}

export class Live {
  private socket: WebSocket | null = null
  private silence: ReturnType<typeof setTimeout> | undefined
  private admitted: ReturnType<typeof setTimeout> | undefined
  private again: ReturnType<typeof setTimeout> | undefined
  private tries = 0
  private stopped = false

  constructor(private readonly ports: LivePorts) {
    addEventListener('online', this.now)
    addEventListener('offline', this.cut)
    this.open()
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.now)
    removeEventListener('offline', this.cut)
    clearTimeout(this.again)
    this.drop()
  }

  /** The device says that it has a network again: do not wait for the back-off. */
  private readonly now = (): void => {
    clearTimeout(this.again)
    this.drop()
    this.open()
  }

  private readonly cut = (): void => {
    this.drop()
    this.ports.link(false)
    this.later()
  }

  private open(): void {
    if (this.stopped) return
    const last = this.ports.last()
    const query = last === null ? '' : `?last=${last}`
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/live/unit${query}`)
    this.socket = socket
    this.listen()
    socket.onopen = () => {
      void this.introduce(socket, last !== null)
    }
    socket.onmessage = (event: MessageEvent<string>) => {
      this.tries = 0
      this.listen()
      this.ports.link(true)
      this.ports.message(JSON.parse(event.data) as LiveMessage)
    }
    socket.onclose = (event) => {
      if (socket !== this.socket) return
      this.drop()
      this.ports.link(false)
      const refused = (event.code === 4401 || event.code === 4403) && !this.ports.keys.forget()
      if (refused) this.ports.refused()
      this.later(refused ? REFUSED_AGAIN_MS : 0)
    }
  }

  private async introduce(socket: WebSocket, resumes: boolean): Promise<void> {
    try {
      socket.send(JSON.stringify({ token: await this.ports.keys.bearer() }))
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.ports.refused()
      socket.close()
      return
    }
    if (resumes) this.admitted = setTimeout(() => socket === this.socket && this.ports.link(true), ADMITTED_MS)
  }

  private listen(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      this.drop()
      this.ports.link(false)
      this.later()
    }, SILENCE_MAX_MS)
  }

  private later(least = 0): void {
    clearTimeout(this.again)
    if (this.stopped) return
    const ms = Math.max(least, Math.min(AGAIN_LAST_MS, AGAIN_FIRST_MS * 2 ** Math.min(this.tries++, 5)))
    this.again = setTimeout(() => this.open(), ms * (1 - Math.random() / 2))
  }

  private drop(): void {
    clearTimeout(this.silence)
    clearTimeout(this.admitted)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}
