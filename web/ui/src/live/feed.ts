import type { Position } from '../domain/types'
import { type EventMessage, fromSnapshot, NOTHING, type Picture, reduce, type SnapshotMessage } from './reduce'

export type LinkState =
  | { is: 'connecting'; since: number }
  | { is: 'live'; since: number }
  | { is: 'lost'; since: number; tries: number }

type Message =
  | SnapshotMessage
  | EventMessage
  | { type: 'positions'; positions: Position[] }
  | { type: 'ping' }

export interface FeedOptions {
  /** Path or full address of the WebSocket, without `last`. */
  path: string
  /** First message after opening (a device's token); nothing is sent when it gives null. */
  hello?: () => string | null
  /** How a snapshot of another form becomes the picture; by default the console's. */
  readSnapshot?: (message: SnapshotMessage) => Picture
  onEvent?: (event: EventMessage, picture: Picture) => void
  onPositions?: (positions: Position[]) => void
  /** The server closed with 4401: the session or token is no longer good. */
  onUnauthenticated?: () => void
  /** No message for so long means that the link is lost, whatever the socket says; the server pings every 15 s. */
  silenceMs?: number
  WebSocket?: typeof WebSocket
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000
const FRAME_MS = 16

/**
 * One live link: connects, keeps the picture, reconnects for ever. After a short break it resumes
 * from the last entry; after a gap it asks for a new snapshot. Made for `useSyncExternalStore`.
 */
export class LiveFeed {
  /** Every event that has come is in it. */
  picture: Picture = NOTHING
  /**
   * The picture as listeners were last told of it, at most once in FRAME_MS: a hundred events at once,
   * as after a reconnection, are one redrawing and not a hundred.
   */
  shown: Picture = NOTHING
  link: LinkState
  private socket: WebSocket | null = null
  private wantSnapshot = true
  private tries = 0
  private waiting: ReturnType<typeof setTimeout> | null = null
  private watchdog: ReturnType<typeof setTimeout> | null = null
  private stopped = true
  private telling: ReturnType<typeof setTimeout> | null = null
  private readonly listeners = new Set<() => void>()

  constructor(private readonly options: FeedOptions) {
    this.link = { is: 'connecting', since: Date.now() }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    if (this.waiting) clearTimeout(this.waiting)
    if (this.watchdog) clearTimeout(this.watchdog)
    if (this.telling) clearTimeout(this.telling)
    this.telling = null
    this.socket?.close(1000)
    this.socket = null
  }

  /** Throws the picture away and asks for a new one. */
  refresh(): void {
    this.wantSnapshot = true
    this.socket?.close(1000)
  }

  private connect(): void {
    const url = new URL(this.options.path, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    if (!this.wantSnapshot && this.picture.seq >= 0) url.searchParams.set('last', String(this.picture.seq))
    const Socket = this.options.WebSocket ?? WebSocket
    const socket = new Socket(url)
    this.socket = socket
    socket.onopen = () => {
      const hello = this.options.hello?.()
      if (hello) socket.send(hello)
      this.watch(socket)
    }
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this.socket === socket) this.take(socket, JSON.parse(message.data) as Message)
    }
    socket.onclose = (event) => {
      if (this.socket === socket) this.closed(event.code)
    }
    this.watch(socket)
  }

  private take(socket: WebSocket, message: Message): void {
    this.watch(socket)
    if (this.link.is !== 'live') {
      this.tries = 0
      this.setLink({ is: 'live', since: Date.now() })
    }
    if (message.type === 'snapshot') {
      this.picture = (this.options.readSnapshot ?? fromSnapshot)(message)
      this.wantSnapshot = false
      this.tell()
    } else if (message.type === 'event') {
      const step = reduce(this.picture, message)
      if (step.outcome === 'gap') return this.refresh()
      if (step.outcome === 'old') return
      this.picture = step.picture
      this.tell()
      this.options.onEvent?.(message, step.picture)
    } else if (message.type === 'positions') {
      this.options.onPositions?.(message.positions)
    }
  }

  private closed(code: number): void {
    this.socket = null
    if (this.watchdog) clearTimeout(this.watchdog)
    if (this.stopped) return
    if (code === 4401) {
      this.stopped = true
      this.options.onUnauthenticated?.()
      return
    }
    const wait = this.tries === 0 ? 50 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.tries - 1))
    this.tries += 1
    const since = this.link.is === 'lost' ? this.link.since : Date.now()
    this.setLink({ is: 'lost', since, tries: this.tries })
    // Spread out, so that 2,000 consoles do not come back in the same instant.
    this.waiting = setTimeout(() => this.connect(), wait * (0.5 + Math.random()))
  }

  private watch(socket: WebSocket): void {
    if (this.watchdog) clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => {
      if (this.socket !== socket) return
      this.socket = null
      socket.close()
      this.closed(4000)
    }, this.options.silenceMs ?? 35_000)
  }

  private setLink(link: LinkState): void {
    this.link = link
    this.tell()
  }

  private tell(): void {
    this.telling ??= setTimeout(() => {
      this.telling = null
      this.shown = this.picture
      for (const listener of this.listeners) listener()
    }, FRAME_MS)
  }
}
