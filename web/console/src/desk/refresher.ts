import type { QueryClient, QueryKey } from '@tanstack/react-query'

const SOON_MS = 250

/**
 * Asks again for what an event made old. An answer under way is waited for and then asked for once
 * more, never thrown away: otherwise a busy minute, with events faster than answers, would leave the
 * card without any.
 */
export class Refresher {
  private readonly old = new Map<string, QueryKey>()
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly queries: QueryClient) {}

  refresh(key: QueryKey): void {
    this.old.set(JSON.stringify(key), key)
    this.timer ??= setTimeout(this.run, SOON_MS)
  }

  private readonly run = (): void => {
    this.timer = null
    for (const [name, key] of this.old) {
      if (this.queries.isFetching({ queryKey: key }) > 0) continue
      this.old.delete(name)
      void this.queries.invalidateQueries({ queryKey: key })
    }
    if (this.old.size > 0) this.timer = setTimeout(this.run, SOON_MS)
  }
}
