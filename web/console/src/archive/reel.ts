import { currentLanguage, toProblem } from '@jedel/ui'
import { clipped, covering, joined, type Span, wanted } from './span'
import type { Why } from './types'

const PIECE_S = 10
const AHEAD_MS = 8_000
const KEPT_BEHIND_MS = 20_000
const KEPT_AHEAD_MS = 60_000
const BEFORE_MS = 12 * 3_600_000
const AGAIN_MS = 1_500
/** So often it is asked whether one may still look back: what is here already is dropped when not. */
const MAY_MS = 3_000
/** Of the media's own clock: so far one may seek. */
const LENGTH_S = 30 * 86_400

export interface ReelState {
  /** `gap`: nothing was recorded here; `loading`: it is on its way; `fault`: why it does not come. */
  is: 'idle' | 'loading' | 'ready' | 'gap' | 'fault'
  masked: boolean
  /** As the server says it, in the user's language. */
  fault: string | null
}

/** One camera's recordings in a video element, piece by piece as they are needed. Times: ms since 1970. */
export class Reel {
  state: ReelState = { is: 'idle', masked: false, fault: null }
  private origin = 0
  private have: Span[] = []
  private holes: Span[] = []
  private media: MediaSource | null = null
  private buffer: SourceBuffer | null = null
  private url: string | null = null
  private mime = ''
  private remake = false
  private asking: AbortController | null = null
  private waitUntil = 0
  private askedAt = Date.now()
  private at = 0
  private closed = false

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly cameraId: string,
    private readonly why: Why,
    private readonly onState: (state: ReelState) => void,
  ) {}

  /** The moment that the element shows. */
  get shown(): number {
    return this.origin + this.video.currentTime * 1000
  }

  /** Bring the element to `at`, playing at `rate` or standing (0). Called some times a second. */
  follow(at: number, rate: number): void {
    this.at = at
    if (!this.media || at < this.origin || at > this.origin + (LENGTH_S - 3600) * 1000) this.renew(at)
    void this.fetchNext()
    void this.checkMay()
    if (covering(this.have, at)) this.show(at, rate)
    else if (!this.video.paused) this.video.pause()
    this.judge(at)
  }

  /** Whether the element could go on from there. */
  ready(at: number): boolean {
    if (covering(this.holes, at) || this.state.is === 'fault') return true
    return covering(this.have, at) !== undefined && !this.video.seeking && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
  }

  close(): void {
    this.closed = true
    this.forget()
  }

  private show(at: number, rate: number): void {
    const video = this.video
    const off = at - this.shown
    if (rate <= 0) {
      if (!video.paused) video.pause()
      if (Math.abs(off) > 15 && !video.seeking) video.currentTime = (at - this.origin) / 1000
      return
    }
    if (Math.abs(off) > 300 && !video.seeking) video.currentTime = (at - this.origin) / 1000
    // small differences between cameras are made up for by playing a little faster or slower
    const pace = Math.abs(off) > 40 ? rate * (1 + Math.max(-0.1, Math.min(0.1, off / 1000))) : rate
    if (Math.abs(video.playbackRate - pace) > 0.005) video.playbackRate = Math.min(16, pace)
    if (video.paused) void video.play().catch(() => undefined)
  }

  private judge(at: number): void {
    if (covering(this.have, at)) return this.say({ is: this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? 'ready' : 'loading', fault: null })
    if (covering(this.holes, at)) return this.say({ is: 'gap', fault: null })
    if (this.state.is !== 'fault') this.say({ is: 'loading' })
  }

  private say(part: Partial<ReelState>): void {
    const next = { ...this.state, ...part }
    if (next.is === this.state.is && next.masked === this.state.masked && next.fault === this.state.fault) return
    this.state = next
    this.onState(next)
  }

  private forget(): void {
    this.asking?.abort()
    this.asking = null
    this.buffer = null
    this.media = null
    this.have = []
    if (this.url) {
      this.video.removeAttribute('src')
      this.video.load()
      URL.revokeObjectURL(this.url)
      this.url = null
    }
  }

  private renew(at: number): void {
    this.forget()
    this.origin = Math.floor(at / 1000) * 1000 - BEFORE_MS
    this.holes = []
    this.mime = ''
    this.media = new MediaSource()
    this.url = URL.createObjectURL(this.media)
    this.video.src = this.url
    this.video.muted = true
  }

  private async fetchNext(): Promise<void> {
    const media = this.media
    if (this.closed || this.asking || !media || media.readyState !== 'open' || Date.now() < this.waitUntil) return
    if (covering(this.holes, this.at)) return
    const next = wanted(this.have, this.at, AHEAD_MS)
    if (next === null || covering(this.holes, next)) return
    // who goes backwards wants what lies before what is there
    const backwards = next === this.at && this.have.some((each) => each.from > this.at && each.from - this.at < AHEAD_MS)
    const from = backwards ? this.at - AHEAD_MS : next
    const asking = (this.asking = new AbortController())
    try {
      await this.fetchFrom(from, media, asking.signal)
    } catch (error) {
      if (asking.signal.aborted || this.closed) return
      this.waitUntil = Date.now() + AGAIN_MS
      this.say({ is: 'fault', fault: error instanceof Error ? error.message : String(error) })
    } finally {
      if (this.asking === asking) this.asking = null
    }
  }

  /** What the server refuses now it also took back: the next piece that is asked for says why. */
  private async checkMay(): Promise<void> {
    if (this.closed || this.have.length === 0 || Date.now() - this.askedAt < MAY_MS) return
    this.askedAt = Date.now()
    try {
      const response = await fetch(`/api/cameras/${encodeURIComponent(this.cameraId)}/may`, { credentials: 'same-origin' })
      const may = response.ok ? ((await response.json()) as { archive?: { allowed: boolean } }) : null
      if (may?.archive?.allowed || response.status >= 500) return
    } catch {
      return // no link: what is here was seen by right
    }
    this.forget()
  }

  private async fetchFrom(from: number, media: MediaSource, signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({
      at: new Date(from).toISOString(), origin: new Date(this.origin).toISOString(), seconds: String(PIECE_S), purpose: this.why.purpose,
    })
    if (this.why.incidentId) query.set('incident', this.why.incidentId)
    if (this.why.caseNumber) query.set('case', this.why.caseNumber)
    if (this.remake) query.set('remake', 'true')
    const response = await fetch(`/api/cameras/${encodeURIComponent(this.cameraId)}/archive/play?${query}`, {
      signal, credentials: 'same-origin', headers: { 'Accept-Language': currentLanguage() },
    })
    if (!response.ok) return this.refused(from, response)
    const head = response.headers
    const mime = `video/mp4; codecs="${head.get('Jedel-Codecs') ?? ''}"`
    if (!MediaSource.isTypeSupported(mime) && !this.remake) {
      this.remake = true
      await response.body?.cancel()
      return
    }
    const data = await response.arrayBuffer()
    if (signal.aborted || media !== this.media) return
    await this.append(media, mime, data)
    const got = { from: Date.parse(head.get('Jedel-From') ?? ''), until: Date.parse(head.get('Jedel-Until') ?? '') }
    if (got.from > from + 250) this.holes = joined(this.holes, { from, until: got.from })
    this.have = joined(this.have, { from: Math.min(from, got.from), until: got.until })
    if (got.from > from + 250) this.have = joined(clipped(this.have, { from: -Infinity, until: from }), got)
    this.say({ masked: head.get('Jedel-Masked') === '1', fault: null, is: 'ready' })
    // a piece that ends where it began is the live edge: there will be more
    if (got.until - from < 500) this.waitUntil = Date.now() + AGAIN_MS
  }

  private async refused(from: number, response: Response): Promise<void> {
    const problem = toProblem(response.status, await response.text())
    if (problem.code === 'archive_nothing_recorded') {
      const next = Date.parse(problem.params['next'] ?? '')
      const until = Number.isNaN(next) ? Math.min(Date.now() - 5_000, from + 60_000) : next
      if (until > from) this.holes = joined(this.holes, { from, until })
      else this.waitUntil = Date.now() + AGAIN_MS
      return
    }
    if (problem.code === 'archive_times') {
      this.waitUntil = Date.now() + AGAIN_MS // nothing is there yet
      return
    }
    throw problem
  }

  private async append(media: MediaSource, mime: string, data: ArrayBuffer): Promise<void> {
    if (!this.buffer) {
      this.buffer = media.addSourceBuffer(mime)
      this.buffer.mode = 'segments'
      media.duration = LENGTH_S
    } else if (mime !== this.mime) this.buffer.changeType(mime)
    this.mime = mime
    const buffer = this.buffer
    await this.drop(buffer)
    buffer.appendBuffer(data)
    await settled(buffer)
  }

  /** What is far from what is looked at goes. */
  private async drop(buffer: SourceBuffer): Promise<void> {
    const keep = { from: this.at - KEPT_BEHIND_MS, until: this.at + KEPT_AHEAD_MS }
    if (this.have.every((each) => each.from >= keep.from && each.until <= keep.until)) return
    this.have = clipped(this.have, keep)
    const [start, end] = [(keep.from - this.origin) / 1000, (keep.until - this.origin) / 1000]
    if (start > 0) {
      buffer.remove(0, start)
      await settled(buffer)
    }
    buffer.remove(Math.max(0.001, end), Infinity)
    await settled(buffer)
  }
}

function settled(buffer: SourceBuffer): Promise<void> {
  return new Promise((resolve, reject) => {
    buffer.addEventListener('updateend', () => resolve(), { once: true })
    buffer.addEventListener('error', () => reject(new Error('media')), { once: true })
  })
}
