/** Masks as shapes of a picture: corners in shares of its width and height. Pure. */
import type { Corner } from './types'

/** One press of an arrow. */
export const STEP = 0.01
/** As small as a mask is made here: less covers nothing. */
export const LEAST = 0.02
export const MASKS_MAX = 16

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/** As the centre keeps them: a thousandth of a picture is less than its dots. */
const exact = (share: number) => Math.round(share * 1000) / 1000
const between = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value))

export function boxOf(corners: Corner[]): Box {
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return { left, top, width: exact(Math.max(...xs) - left), height: exact(Math.max(...ys) - top) }
}

/** What is added by a key: a fifth of the picture in its middle, aside from the one that was added before. */
export function fresh(masks: Corner[][]): Corner[] {
  const taken = masks.map((each) => boxOf(each))
  let at = 0.4
  while (at < 0.7 && taken.some((each) => each.left === at && each.top === at)) at = exact(at + 0.05)
  const end = exact(at + 0.2)
  return [[at, at], [end, at], [end, end], [at, end]]
}

/** Shifted, and never out of the picture. */
export function shifted(corners: Corner[], right: number, down: number): Corner[] {
  const { left, top, width, height } = boxOf(corners)
  const by = [between(-left, right, 1 - left - width), between(-top, down, 1 - top - height)] as const
  return corners.map(([x, y]) => [exact(between(0, x + by[0], 1)), exact(between(0, y + by[1], 1))])
}

/** Wider and higher to the right and downwards; its left upper corner stays, and so does its shape. */
export function resized(corners: Corner[], wider: number, higher: number): Corner[] {
  const { left, top, width, height } = boxOf(corners)
  const to = [between(Math.min(LEAST, width), width + wider, 1 - left), between(Math.min(LEAST, height), height + higher, 1 - top)] as const
  const grown = [width === 0 ? 1 : to[0] / width, height === 0 ? 1 : to[1] / height] as const
  return corners.map(([x, y]) => [exact(between(0, left + (x - left) * grown[0], 1)), exact(between(0, top + (y - top) * grown[1], 1))])
}

const ARROWS: Record<string, Corner> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }

/** What a key makes of a mask: another shape, null when it deletes it, undefined when it is no key of masks. */
export function pressed(corners: Corner[], key: string, shift: boolean): Corner[] | null | undefined {
  if (key === 'Delete' || key === 'Backspace') return null
  const arrow = ARROWS[key]
  if (!arrow) return undefined
  return shift ? resized(corners, ...arrow) : shifted(corners, ...arrow)
}
