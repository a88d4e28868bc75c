/** The arithmetic of looking back. Pure; all times are milliseconds since 1970. */

export interface Span {
  from: number
  until: number
}

export const SHORTEST_MS = 20_000
export const LONGEST_MS = 31 * 86_400_000
/** Two parts that follow each other this closely are one. */
const JOINED_MS = 250

/** One more part among those that are there, joined with its neighbours. */
export function joined(parts: readonly Span[], more: Span): Span[] {
  const all = [...parts, more].filter((each) => each.until > each.from).sort((a, b) => a.from - b.from)
  const found: Span[] = []
  for (const each of all) {
    const last = found.at(-1)
    if (last && each.from - last.until <= JOINED_MS) last.until = Math.max(last.until, each.until)
    else found.push({ ...each })
  }
  return found
}

/** What is left of the parts within a time. */
export function clipped(parts: readonly Span[], within: Span): Span[] {
  return parts
    .map((each) => ({ from: Math.max(each.from, within.from), until: Math.min(each.until, within.until) }))
    .filter((each) => each.until > each.from)
}

export const covering = (parts: readonly Span[], at: number): Span | undefined => parts.find((each) => each.from <= at && at < each.until)

/** What to fetch next, so that `ahead` from `at` on is there; null: enough is. */
export function wanted(have: readonly Span[], at: number, ahead: number): number | null {
  const here = covering(have, at)
  if (!here) return at
  return here.until - at < ahead ? here.until : null
}

/** The first moment at or after `at` that is in any of the parts; null: none is. */
export function nextIn(parts: readonly Span[], at: number): number | null {
  const later = parts.filter((each) => each.until > at).map((each) => Math.max(each.from, at))
  return later.length > 0 ? Math.min(...later) : null
}

/** The view after a turn of the wheel: what is under the pointer stays there. `share`: 0 left, 1 right. */
export function zoomed(view: Span, share: number, factor: number): Span {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (view.until - view.from) * factor))
  const under = view.from + (view.until - view.from) * share
  const from = under - length * share
  return { from, until: from + length }
}

export function moved(view: Span, by: number): Span {
  return { from: view.from + by, until: view.until + by }
}

/** The view that has `at` in it, the same where it has. */
export function following(view: Span, at: number): Span {
  const length = view.until - view.from
  if (at >= view.from && at <= view.until - length * 0.05) return view
  return at > view.until - length * 0.05 && at < view.until + length ? moved(view, length * 0.6) : { from: at - length / 2, until: at + length / 2 }
}

const STEPS_S = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800]

/** Where the ruler has its lines: at most `most`, at round local times. `offset`: local time minus UTC, ms. */
export function ticks(view: Span, most: number, offset: number): { at: number; day: boolean }[] {
  const length = view.until - view.from
  const step = (STEPS_S.find((each) => length / (each * 1000) <= most) ?? 604_800) * 1000
  const found = []
  for (let at = Math.ceil((view.from + offset) / step) * step; at <= view.until + offset; at += step) {
    found.push({ at: at - offset, day: at % 86_400_000 === 0 })
  }
  return found
}
