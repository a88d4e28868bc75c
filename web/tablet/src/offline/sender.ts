/** Sends the queue: one command at a time, in order, until the centre has answered each. */
import { judge, type Answer, type Command, type Problem } from './queue'
import { head, refuse, remove, type Database } from './store'

export interface SenderPorts {
  db: Database
  send(command: Command): Promise<Answer>
  now(): number
  chance(): number
  /** Runs `then` after `ms`; gives back a way to call it off. */
  after(ms: number, then: () => void): () => void
  /** A command has left the queue: taken by the centre, or refused and kept for the officer. */
  settled(command: Command, taken: boolean): void
  /** The centre no longer knows this tablet: commands stay, the officer is told. */
  deviceRefused(problem: Problem): void
}

export class Sender {
  private busy = false
  private again = false
  private stopped = false
  private attempt = 0
  private callOff: (() => void) | null = null

  constructor(private readonly ports: SenderPorts) {}

  /** Something was added, or the link is back: try now, whatever the back-off said. */
  wake(): void {
    this.callOff?.()
    this.callOff = null
    if (this.busy) {
      this.again = true
      return
    }
    void this.drain()
  }

  stop(): void {
    this.stopped = true
    this.callOff?.()
  }

  private async drain(): Promise<void> {
    this.busy = true
    try {
      while (!this.stopped) {
        this.again = false
        const first = await head(this.ports.db)
        if (first === null) {
          if (this.again) continue
          return
        }
        const answer = await this.ports.send(first.command)
        if (this.stopped) return // unanswered as far as the store knows: sent again with the same id
        this.attempt += 1
        const verdict = judge(answer, this.attempt, this.ports.chance())
        if (verdict.do === 'retry') {
          if (!this.again) this.callOff = this.ports.after(verdict.inMs, () => this.wake())
          if (!this.again) return
          continue
        }
        if (verdict.do === 'wait_for_device') {
          this.ports.deviceRefused(verdict.problem)
          return
        }
        if (verdict.do === 'remove') await remove(this.ports.db, first.key)
        else
          await refuse(this.ports.db, first.key, {
            command: first.command,
            problem: verdict.problem,
            at: this.ports.now(),
          })
        this.attempt = 0
        this.ports.settled(first.command, verdict.do === 'remove')
      }
    } finally {
      this.busy = false
    }
  }
}
