import { NoLink, Problem } from '../api/client'
import { came, type Watching, watch } from '../media/whep'
import { send as publish, type Sending } from './send'

/**
 * One WebRTC connection to the centre that is kept: WHIP where it sends, WHEP where it receives. It finds by
 * itself that it is dead and connects again, with pauses that grow.
 */
export interface TalkOptions {
  /** Where the offer is posted. */
  url: string
  /** `Authorization` of a device; the console's session is a cookie. */
  bearer?: () => Promise<string>
  /** What is sent; without it something is received: sound, and the picture where it is wanted. */
  send?: MediaStream
  picture?: boolean
  /** What came, or null while nothing does. */
  received?: (stream: MediaStream | null) => void
  /** `up`: connected now. `refused`: the centre said no, with its code; it is asked again all the same. */
  state?: (state: { up: boolean; refused: string | null }) => void
}

const PAUSE_FIRST_MS = 300
const PAUSE_LAST_MS = 3_000
const CONNECTED_WITHIN_MS = 6_000
/** A connection that says `disconnected` may come back by itself; after so long we make a new one. */
const LIMPS_MS = 1_500
/** Nothing came for so long: whatever the connection says of itself, it is dead. */
const SILENCE_MS = 2_500

export class TalkLink {
  private session: Sending | Watching | null = null
  private stopped = false
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private asking = new AbortController()

  constructor(private readonly options: TalkOptions) {
    addEventListener('online', this.anew)
    void this.connect()
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.anew)
    clearTimeout(this.timer)
    this.drop()
    this.options.received?.(null)
  }

  private readonly anew = (): void => {
    this.tries = 0
    this.again()
  }

  private again(): void {
    if (this.stopped) return
    this.drop()
    this.options.received?.(null)
    clearTimeout(this.timer)
    const pause = Math.min(PAUSE_LAST_MS, PAUSE_FIRST_MS * 2 ** Math.min(this.tries++, 6))
    this.timer = setTimeout(() => void this.connect(), pause)
  }

  private async connect(): Promise<void> {
    if (this.stopped) return
    const { url, bearer, send, picture } = this.options
    const asking = (this.asking = new AbortController())
    const options = { signal: asking.signal, ...(bearer ? { bearer } : {}) }
    let session: Sending | Watching
    try {
      session = send ? await publish(url, send, options) : await watch(url, { sound: true, picture: picture ?? false }, options)
    } catch (error) {
      if (asking.signal.aborted) return
      if (!(error instanceof NoLink || error instanceof Problem)) console.error(error)
      this.failed(null, error instanceof Problem ? error.code : null)
      return
    }
    if (this.stopped || asking.signal.aborted) return session.close()
    this.session = session
    this.watchdog = setTimeout(() => this.failed(session, null), CONNECTED_WITHIN_MS)
    session.link.onconnectionstatechange = () => this.moved(session)
    this.moved(session)
  }

  private moved(session: Sending | Watching): void {
    if (session !== this.session) return
    const state = session.link.connectionState
    clearTimeout(this.watchdog)
    if (state === 'connected') {
      this.tries = 0
      this.options.state?.({ up: true, refused: null })
      if ('stream' in session) {
        this.options.received?.(session.stream)
        void this.listen(session)
      }
    } else if (state === 'failed' || state === 'closed') this.failed(session, null)
    else this.watchdog = setTimeout(() => this.failed(session, null), state === 'disconnected' ? LIMPS_MS : CONNECTED_WITHIN_MS)
  }

  /** Bytes must come as long as it is up. */
  private async listen(session: Watching): Promise<void> {
    let before = -1
    while (session === this.session && session.link.connectionState === 'connected') {
      const [sound, picture] = await Promise.all([came(session.link, 'audio'), came(session.link, 'video')])
      if (sound.bytes + picture.bytes === before) return this.failed(session, null)
      before = sound.bytes + picture.bytes
      await new Promise((done) => setTimeout(done, SILENCE_MS))
    }
  }

  private failed(session: Sending | Watching | null, refused: string | null): void {
    if (session !== this.session || this.stopped) return
    this.options.state?.({ up: false, refused })
    this.again()
  }

  private drop(): void {
    clearTimeout(this.watchdog)
    this.asking.abort()
    const session = this.session
    this.session = null
    session?.close()
  }
}
