/** The worker that solves a task, so that the page stays alive. */
import { likely, search, STRIDE } from './search'

export interface Task {
  challenge: string
  bits: number
}
export type Said = { progress: number } | { answer: string }

const SAID_EVERY = 4

addEventListener('message', ({ data }: MessageEvent<Task>) => {
  for (let round = 0; ; round++) {
    const answer = search(data.challenge, data.bits, round * STRIDE)
    if (answer !== null) {
      postMessage({ answer } satisfies Said)
      return
    }
    if (round % SAID_EVERY === 0) postMessage({ progress: likely((round + 1) * STRIDE, data.bits) } satisfies Said)
  }
})
