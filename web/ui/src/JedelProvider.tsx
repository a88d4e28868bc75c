import { MantineProvider, useMantineColorScheme } from '@mantine/core'
import '@mantine/core/styles.css'
import type { ReactNode } from 'react'
import { mantineTheme, mantineVariables } from './theme/mantine'
import type { ThemeName } from './theme/tokens'
import './styles.css'

/** Theme and base styles for an app; the chosen theme is kept in this browser. */
export function JedelProvider({ children, first = 'dark' }: { children: ReactNode; first?: ThemeName | 'auto' }) {
  return (
    <MantineProvider theme={mantineTheme} cssVariablesResolver={mantineVariables} defaultColorScheme={first}>
      {children}
    </MantineProvider>
  )
}

export function useThemeName(): [ThemeName, (theme: ThemeName) => void] {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const dark = colorScheme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : colorScheme === 'dark'
  return [dark ? 'dark' : 'light', setColorScheme]
}
