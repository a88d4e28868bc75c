import type { Said, Task } from './solver'

export type Progress = (share: number) => void

/** Solves a task in a worker of its own. */
export function solve(task: Task, progress: Progress, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./solver.ts', import.meta.url), { type: 'module' })
    const end = (then: () => void): void => {
      worker.terminate()
      then()
    }
    signal?.addEventListener('abort', () => end(() => reject(new DOMException('given up', 'AbortError'))))
    worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if ('answer' in data) end(() => resolve(data.answer))
      else progress(data.progress)
    }
    worker.onerror = (event) => end(() => reject(new Error(event.message)))
    worker.postMessage(task)
  })
}
