/**
 * Every sign that means something, drawn once on a 24 × 24 grid and used alike on the map (canvas),
 * in lists and on cards (SVG). A state is told by its shape first; colour only repeats it.
 */
import type { Priority, UnitStatus } from '../domain/types'

/** `fill` is filled, clipped by `outline`; `stroke` is stroked, unclipped. */
export interface Shape {
  outline: string
  fill: string[]
  outlined: boolean
  dashed?: boolean
  /** Drawn in the ground's colour on top of the fill. */
  cut?: string
}

const ALL = 'M0 0H24V24H0Z'
const OCTAGON = 'M7.9 2H16.1L22 7.9V16.1L16.1 22H7.9L2 16.1V7.9Z'
const TRIANGLE = 'M12 2.5L22.8 21.5H1.2Z'
const CIRCLE = 'M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3Z'
const DOT = 'M12 7A5 5 0 1 1 12 17A5 5 0 1 1 12 7Z'
const BANG = 'M10.7 6H13.3V13.6H10.7Z M10.7 15.6H13.3V18.2H10.7Z'
const BANG_LOW = 'M10.8 9H13.2V15.2H10.8Z M10.8 16.9H13.2V19.2H10.8Z'

export const priorityShapes: Record<Priority, Shape> = {
  emergency: { outline: OCTAGON, fill: [ALL], outlined: false, cut: BANG },
  urgent: { outline: TRIANGLE, fill: [ALL], outlined: false, cut: BANG_LOW },
  routine: { outline: CIRCLE, fill: [ALL], outlined: false },
  information: { outline: DOT, fill: [ALL], outlined: false },
}

/** A shield: no other sign has this silhouette. */
const SHIELD = 'M12 2L20.5 5V11.8C20.5 16.6 17 20.2 12 22.2C7 20.2 3.5 16.6 3.5 11.8V5Z'
const LEFT_HALF = 'M0 0H12V24H0Z'
const BAR = 'M0 9.6H24V14.4H0Z'
const HATCH = [-12, -7, -2, 3, 8, 13, 18].map((x) => `M${x} 24L${x + 24} 0H${x + 26}L${x + 2} 24Z`)
const CHEVRON = 'M15.2 8.2L19 12L15.2 15.8Z'

export const unitShapes: Record<UnitStatus, Shape> = {
  available: { outline: SHIELD, fill: [], outlined: true },
  assigned: { outline: SHIELD, fill: [LEFT_HALF], outlined: true },
  en_route: { outline: SHIELD, fill: [LEFT_HALF, CHEVRON], outlined: true },
  on_scene: { outline: SHIELD, fill: [ALL], outlined: true },
  busy: { outline: SHIELD, fill: [BAR], outlined: true },
  off_shift: { outline: SHIELD, fill: [], outlined: true, dashed: true },
  unavailable: { outline: SHIELD, fill: HATCH, outlined: true },
}

/** A camera's state: grey always, since only what needs an answer has a colour. */
export const cameraShapes: Record<'up' | 'recording' | 'down' | 'unknown', Shape> = {
  up: { outline: CIRCLE, fill: [ALL], outlined: true },
  recording: { outline: CIRCLE, fill: [ALL], outlined: true, cut: 'M12 8A4 4 0 1 1 12 16A4 4 0 1 1 12 8Z' },
  down: { outline: CIRCLE, fill: HATCH, outlined: true },
  unknown: { outline: CIRCLE, fill: [], outlined: true, dashed: true },
}

/** Devices and sites: line glyphs without a state of their own. */
export const placeGlyphs = {
  school: 'M2 9.5L12 4.5L22 9.5L12 14.5Z M6 11.8V17C6 17 8.5 19.5 12 19.5C15.5 19.5 18 17 18 17V11.8 M22 9.5V15',
  police: 'M12 3.5L14.6 8.9L20.5 9.7L16.2 13.8L17.3 19.7L12 16.9L6.7 19.7L7.8 13.8L3.5 9.7L9.4 8.9Z',
  hospital: 'M9 4H15V9H20V15H15V20H9V15H4V9H9Z',
  park: 'M12 3L18 11H14.5L19 17H5L9.5 11H6Z M12 17V21.5',
  bank: 'M3.5 9.5L12 4.5L20.5 9.5Z M6 12V17 M10 12V17 M14 12V17 M18 12V17 M4 20H20',
  post: 'M9 21.5H15 M12 21.5V13 M7.5 3H16.5V13H7.5Z M10.5 8A1.5 1.5 0 1 1 13.5 8A1.5 1.5 0 1 1 10.5 8Z',
  panic_button: 'M5.5 15.5H18.5L17 13.5V10A5 5 0 0 0 7 10V13.5Z M10 18.5A2.1 2.1 0 0 0 14 18.5 M12 5V3',
  panel: 'M4 4H20V20H4Z M8 8.5H16 M8 12H12 M16 15.5H16.1',
  camera: 'M3 8H15V16H3Z M15 11L21 8V16L15 13 M9 16V20.5 M6 20.5H12',
} as const
export type PlaceGlyph = keyof typeof placeGlyphs

/** Signs of the interface itself: strokes of 1.8 on the same grid. */
export const glyphs = {
  dispatch: 'M12 21.5C12 21.5 5 15.2 5 10A7 7 0 0 1 19 10C19 15.2 12 21.5 12 21.5Z M9.5 10A2.5 2.5 0 1 1 14.5 10A2.5 2.5 0 1 1 9.5 10Z',
  alarm: placeGlyphs.panic_button,
  history: 'M4 12A8 8 0 1 0 6.5 6.2 M4 4V8.5H8.5 M12 8V12.5L15 14.5',
  devices: placeGlyphs.panel,
  units: 'M12 2.5L20 5.5V11.8C20 16.4 16.7 19.7 12 21.6C7.3 19.7 4 16.4 4 11.8V5.5Z',
  keyboard: 'M2.5 6.5H21.5V17.5H2.5Z M6.5 10.2H6.6 M10.2 10.2H10.3 M13.8 10.2H13.9 M17.4 10.2H17.5 M7.5 14H16.5',
  close: 'M6 6L18 18 M18 6L6 18',
  plus: 'M12 5V19 M5 12H19',
  minus: 'M5 12H19',
  search: 'M4.5 10.5A6 6 0 1 1 16.5 10.5A6 6 0 1 1 4.5 10.5Z M15 15L20 20',
  phone: 'M5 4H9.5L11.3 8.6L8.8 10.3A11 11 0 0 0 13.7 15.2L15.4 12.7L20 14.5V19A1.5 1.5 0 0 1 18.5 20.5C10.5 20 4 13.5 3.5 5.5A1.5 1.5 0 0 1 5 4Z',
  clock: 'M3.5 12A8.5 8.5 0 1 1 20.5 12A8.5 8.5 0 1 1 3.5 12Z M12 7V12L15.5 14',
  route: 'M6 19A2 2 0 1 1 6 18.9 M18 5A2 2 0 1 1 18 5.1 M8 19H15A3.5 3.5 0 0 0 15 12H9A3.5 3.5 0 0 1 9 5H16',
  check: 'M5 12.5L10 17.5L19.5 7',
  up: 'M6 15L12 9L18 15',
  down: 'M6 9L12 15L18 9',
  right: 'M9 6L15 12L9 18',
  left: 'M15 6L9 12L15 18',
  sound: 'M4 9.5H8L13 5V19L8 14.5H4Z M16.5 9A4.5 4.5 0 0 1 16.5 15 M19 6.5A8 8 0 0 1 19 17.5',
  muted: 'M4 9.5H8L13 5V19L8 14.5H4Z M16.5 9.5L21.5 14.5 M21.5 9.5L16.5 14.5',
  sun: 'M8 12A4 4 0 1 1 16 12A4 4 0 1 1 8 12Z M12 2.5V5 M12 19V21.5 M2.5 12H5 M19 12H21.5 M5.3 5.3L7 7 M17 17L18.7 18.7 M18.7 5.3L17 7 M7 17L5.3 18.7',
  moon: 'M19.5 14.5A8 8 0 1 1 9.5 4.5A6.5 6.5 0 0 0 19.5 14.5Z',
  user: 'M8 8A4 4 0 1 1 16 8A4 4 0 1 1 8 8Z M4.5 20.5C5 16.5 8 14.5 12 14.5C16 14.5 19 16.5 19.5 20.5',
  link: 'M3 12H7L9.5 5L14.5 19L17 12H21',
  unlink: 'M3 12H7L8.5 8 M15.5 16L17 12H21 M4 4L20 20',
  note: 'M5 4H19V15L14.5 20H5Z M8.5 9H15.5 M8.5 12.5H13',
  merge: 'M6 4V8C6 11 8 12 12 12H19 M6 20V16C6 13 8 12 12 12 M15.5 8.5L19 12L15.5 15.5',
  barrier: 'M3 8H21V13H3Z M6 13V20 M18 13V20 M7 8L4.5 13 M12 8L9.5 13 M17 8L14.5 13',
  follow: 'M12 3V7 M12 17V21 M3 12H7 M17 12H21 M8 12A4 4 0 1 1 16 12A4 4 0 1 1 8 12Z',
  out: 'M14 4H5V20H14 M10 12H21 M17 8L21 12L17 16',
  wrench: 'M14.5 4A5 5 0 0 0 9.4 10.6L3.5 16.5L7.5 20.5L13.4 14.6A5 5 0 0 0 20 9.5L16.8 11.5L13.5 10.5L12.5 7.2Z',
  building: 'M5 21V3.5H19V21 M3 21H21 M9 8H9.1 M15 8H15.1 M9 12H9.1 M15 12H15.1 M10 21V16H14V21',
  tablet: 'M5 3H19V21H5Z M11 18H13',
  plate: 'M2 7H22V17H2Z M17 7V17 M5 10V14 M8 10V14 M11 10H14L12 14',
  camera: 'M3 8H15V16H3Z M15 11L21 8V16L15 13',
  eye: 'M2 12C5 7 8.5 5 12 5C15.5 5 19 7 22 12C19 17 15.5 19 12 19C8.5 19 5 17 2 12Z M9 12A3 3 0 1 1 15 12A3 3 0 1 1 9 12Z',
  hand: 'M8 12V5.5A1.5 1.5 0 0 1 11 5.5V11 M11 10.5V4A1.5 1.5 0 0 1 14 4V10.5 M14 11V5.5A1.5 1.5 0 0 1 17 5.5V14 M8 12L6.6 10.6A1.6 1.6 0 0 0 4.3 12.9L8.5 18.6C9.6 20.2 11 21 13 21C16 21 17 18.6 17 16V12',
} as const
export type Glyph = keyof typeof glyphs
