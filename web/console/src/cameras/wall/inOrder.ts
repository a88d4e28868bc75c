/** Sends one wish at a time. Of those that come meanwhile only the last is sent: it is what is wanted now, and
 *  a camera that answers slowly gets no queue of turns that nobody wants any more. `send` does not reject. */
export function oneAtATime<Wish>(send: (wish: Wish) => Promise<void>): (wish: Wish) => void {
  let waiting: { wish: Wish } | null = null
  let busy = false
  const go = async (wish: Wish) => {
    busy = true
    await send(wish)
    busy = false
    const next = waiting
    waiting = null
    if (next) void go(next.wish)
  }
  return (wish) => {
    if (busy) waiting = { wish }
    else void go(wish)
  }
}
