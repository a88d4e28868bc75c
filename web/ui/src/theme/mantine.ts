import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { cssVariables, dark, light } from './tokens'

const ten = (...shades: string[]) => shades as unknown as MantineColorsTuple

/** Mantine on our tokens: flat, square-ish, neutral; the tokens decide every colour. */
export const mantineTheme = createTheme({
  fontFamily: "'Inter Variable', 'Inter', 'DejaVu Sans', system-ui, sans-serif",
  fontFamilyMonospace: "'DejaVu Sans Mono', ui-monospace, monospace",
  primaryColor: 'slate',
  primaryShade: { light: 7, dark: 2 },
  autoContrast: true,
  defaultRadius: 4,
  focusRing: 'auto',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  colors: {
    slate: ten('#f2f5f9', '#dde4ed', '#c9d6e6', '#aebed1', '#8fa3ba', '#718aa5', '#56718e', '#25405f', '#1d334c', '#15263a'),
    dark: ten(
      dark.text, dark.dim, '#8b98a9', dark.edge, dark.line,
      dark.lifted, dark.raised, dark.surface, dark.ground, dark.halo,
    ),
  },
})

export const mantineVariables: CSSVariablesResolver = () => ({
  variables: {},
  // Inputs take their border from the grey scale of the scheme, not from a name of their own.
  dark: { ...cssVariables(dark), ...mantineNames, '--mantine-color-dark-4': dark.edge },
  light: { ...cssVariables(light), ...mantineNames, '--mantine-color-gray-4': light.edge },
})

/** Mantine's own names pointed at the tokens. */
const mantineNames: Record<string, string> = {
  '--mantine-color-body': 'var(--j-surface)',
  '--mantine-color-text': 'var(--j-text)',
  '--mantine-color-dimmed': 'var(--j-dim)',
  '--mantine-color-default': 'var(--j-raised)',
  '--mantine-color-default-hover': 'var(--j-lifted)',
  '--mantine-color-default-border': 'var(--j-edge)',
  '--mantine-color-default-color': 'var(--j-text)',
  '--mantine-color-placeholder': 'var(--j-dim)',
  '--mantine-color-error': 'var(--j-emergency)',
  '--mantine-color-anchor': 'var(--j-text)',
  '--mantine-primary-color-filled': 'var(--j-action)',
  '--mantine-primary-color-filled-hover': 'color-mix(in srgb, var(--j-action) 88%, var(--j-text))',
  '--mantine-primary-color-contrast': 'var(--j-on-action)',
}
