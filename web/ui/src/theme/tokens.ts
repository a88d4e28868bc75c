/**
 * The colours of every Jedel screen, in one place.
 *
 * A colour means state and nothing else: four priorities, and `ok` only where a measured
 * thing is shown as good on request. Everything else is neutral grey-blue, so that the abnormal is
 * the only loud thing on a screen. `tests/contrast.test.ts` proves WCAG 2.1 AA for both themes.
 */
export interface Tokens {
  /** Behind everything; the map's own ground is close to it. */
  ground: string
  /** Rail, bars and lists. */
  surface: string
  /** Cards over the map, inputs, rows under the pointer. */
  raised: string
  /** Rows that are pressed or hovered on `raised`. */
  lifted: string
  /** Hairlines that only separate. */
  line: string
  /** Borders of things that can be pressed (3:1 against every surface). */
  edge: string
  text: string
  /** Second-rank text, still 4.5:1 on every surface. */
  dim: string
  /** Outline of the selected thing and of keyboard focus. */
  focus: string
  emergency: string
  urgent: string
  routine: string
  information: string
  /** Text or sign drawn on a filled priority colour. */
  onEmergency: string
  onUrgent: string
  onRoutine: string
  onInformation: string
  /** Ground of the one primary button. */
  action: string
  onAction: string
  /** Units on the map and in lists. */
  unit: string
  /** The halo behind signs on the map. */
  halo: string
  /** The line of the recommended route. */
  route: string
}

export const dark: Tokens = {
  ground: '#161b22',
  surface: '#1c222b',
  raised: '#252d38',
  lifted: '#2f3946',
  line: '#343f4d',
  edge: '#76859a',
  text: '#e4e9f0',
  dim: '#aab6c5',
  focus: '#f4f7fb',
  emergency: '#ff7b75',
  urgent: '#f2b544',
  routine: '#74b3ff',
  information: '#a3afbf',
  onEmergency: '#240503',
  onUrgent: '#231700',
  onRoutine: '#04182f',
  onInformation: '#12171e',
  action: '#c9d6e6',
  onAction: '#121820',
  unit: '#e8eef6',
  halo: '#12161c',
  route: '#e8eef6',
}

export const light: Tokens = {
  ground: '#e6eaef',
  surface: '#f4f6f9',
  raised: '#ffffff',
  lifted: '#e9edf2',
  line: '#d3dae3',
  edge: '#6d7a8b',
  text: '#17202b',
  dim: '#4b5868',
  focus: '#0d1520',
  emergency: '#bb1a17',
  urgent: '#875200',
  routine: '#1257ad',
  information: '#546070',
  onEmergency: '#ffffff',
  onUrgent: '#ffffff',
  onRoutine: '#ffffff',
  onInformation: '#ffffff',
  action: '#25405f',
  onAction: '#ffffff',
  unit: '#15263a',
  halo: '#ffffff',
  route: '#15263a',
}

export type ThemeName = 'dark' | 'light'
export const themes: Record<ThemeName, Tokens> = { dark, light }

/** `--j-ground: …` and so on, for a `style` element or Mantine's resolver. */
export function cssVariables(tokens: Tokens): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([name, value]) => [
      `--j-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
  )
}
