/**
 * The post's line to the centre: from the press to the end of the conversation.
 *
 * Invariants
 * 1. A press is kept before anything is sent, and sent under the same ids until the centre has it.
 * 2. The screen never says that somebody hears unless the centre said so within the last `SURE_MS`.
 */
import type { Language } from '@jedel/ui/domain'
import { newId } from '@jedel/ui/ids'

import { type Api, NoLink, type Post, type PostCall, Problem } from './api'
import type { Kept, Press } from './kept'

const ASK_MS = 700
const IDLE_MS = 10_000
const AGAIN_MS = 1_000
const HEARTBEAT_MS = 60_000
const SURE_MS = 4_000
/** How long "the conversation is over" stands there. */
const OVER_MS = 12_000

export interface View {
  /** What the centre said last of the post itself. */
  post: Post | null
  /** A press that the centre does not have yet. */
  press: Press | null
  call: PostCall | null
  /** Signs that were touched and are on their way. */
  sending: string[]
  /** Since when nothing comes from the centre; null: it is there. */
  cutSince: number | null
  /** The centre does not take this device: it was blocked, or never enrolled here. */
  refused: boolean
}

interface Ports {
  api: Api
  kept: Kept
  language: () => Language
  /** A call began: what was chosen by the one before is forgotten when it is over. */
  over: () => void
}

export class Line {
  view: View = { post: null, press: null, call: null, sending: [], cutSince: null, refused: false }
  private readonly heard = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private saidAt = Date.now()
  private beatAt = -Infinity
  private overAt: number | null = null
  private busy = false
  private again = false

  constructor(private readonly ports: Ports) {}

  async start(): Promise<void> {
    this.show({ press: (await this.ports.kept.press()) ?? null })
    addEventListener('online', this.now)
    await this.now()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.heard.add(listener)
    return () => this.heard.delete(listener)
  }
  snapshot = (): View => this.view

  /** The button. During a call it is a press like any other: it raises the alarm's count. */
  press = async (): Promise<void> => {
    if (this.view.press) return
    if (this.view.call?.state === 'ended') this.end()
    const press: Press = { signal: newId(), call: newId(), at: new Date().toISOString(), language: this.ports.language() }
    this.show({ press })
    await this.ports.kept.pressed(press)
    await this.now()
  }

  /** A sign is sent until it is there, or the call is over. */
  sign = async (code: string): Promise<void> => {
    const call = this.view.call
    if (!call || call.state === 'ended' || this.view.sending.includes(code)) return
    this.show({ sending: [...this.view.sending, code] })
    const id = newId()
    while (this.view.call?.id === call.id && this.view.call.state !== 'ended') {
      try {
        await this.ports.api.sign(call.id, id, code)
        break
      } catch (error) {
        if (error instanceof Problem) break
        await new Promise((done) => setTimeout(done, AGAIN_MS))
      }
    }
    this.show({ sending: this.view.sending.filter((each) => each !== code) })
    await this.now()
  }

  spoke = (language: Language): void => {
    const call = this.view.call
    if (call && call.state !== 'ended' && call.language !== language) {
      this.ports.api.language(call.id, newId(), language).catch(() => undefined)
    }
  }

  /** Asks at once, and then again in time. */
  now = async (): Promise<void> => {
    if (this.busy) {
      this.again = true
      return
    }
    this.busy = true
    clearTimeout(this.timer)
    let wait: number
    try {
      wait = await this.ask()
      this.saidAt = Date.now()
      this.show({ cutSince: null, refused: false })
    } catch (error) {
      if (error instanceof Problem) wait = this.refuse(error)
      else {
        if (!(error instanceof NoLink)) console.error(error)
        const sureFor = this.saidAt + SURE_MS - Date.now()
        wait = sureFor > 0 ? Math.min(AGAIN_MS, sureFor) : AGAIN_MS
        if (this.view.press || sureFor <= 0 || !this.view.call) this.show({ cutSince: this.view.cutSince ?? this.saidAt })
      }
    }
    this.busy = false
    this.timer = setTimeout(() => void this.now(), this.again ? 0 : wait)
    this.again = false
  }

  private refuse(error: Problem): number {
    if (error.status === 401) this.show({ refused: true })
    // the alarm of an old press is closed, or the call is gone: there is nothing to say any more
    if (error.status === 404 || error.code === 'call_over') void this.forget()
    return error.status === 401 ? IDLE_MS : AGAIN_MS
  }

  private async forget(): Promise<void> {
    await this.ports.kept.delivered()
    this.show({ press: null, call: null })
  }

  private async ask(): Promise<number> {
    const { api, kept } = this.ports
    const press = this.view.press
    if (press) {
      await api.press(press)
      const call = await api.ring(press)
      await kept.delivered()
      this.overAt = null
      this.show({ press: null, call })
      return ASK_MS
    }
    const going = this.view.call
    if (going && going.state !== 'ended') {
      const call = await api.call(going.id)
      this.show({ call })
      if (call.state === 'ended') this.overAt = Date.now() + OVER_MS
      return ASK_MS
    }
    if (this.overAt !== null && Date.now() >= this.overAt) this.end()
    if (Date.now() - this.beatAt >= HEARTBEAT_MS) {
      await api.heartbeat(newId())
      this.beatAt = Date.now()
    }
    const post = await api.own()
    this.show({ post, ...(post.call ? { call: post.call } : {}) })
    return post.call ? ASK_MS : this.overAt !== null ? AGAIN_MS : IDLE_MS
  }

  private end(): void {
    this.overAt = null
    this.show({ call: null })
    this.ports.over()
  }

  private show(changed: Partial<View>): void {
    this.view = { ...this.view, ...changed }
    for (const each of this.heard) each()
  }
}
