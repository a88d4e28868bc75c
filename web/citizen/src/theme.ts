import { cssVariables, type ThemeName, themes } from '@jedel/ui/tokens'
import { useSyncExternalStore } from 'react'

const KEPT_AS = 'jedel.theme'
const phone = matchMedia('(prefers-color-scheme: dark)')
const heard = new Set<() => void>()

/** What was chosen here, else what the phone is set to. */
export function theme(): ThemeName {
  const kept = localStorage.getItem(KEPT_AS)
  return kept === 'dark' || kept === 'light' ? kept : phone.matches ? 'dark' : 'light'
}

/** Puts the colours on the page. */
function put(name: ThemeName = theme()): void {
  const root = document.documentElement
  for (const [variable, value] of Object.entries(cssVariables(themes[name]))) root.style.setProperty(variable, value)
  root.style.colorScheme = name
  for (const each of heard) each()
}

export function startTheme(): void {
  put()
  phone.addEventListener('change', () => put())
  addEventListener('beforeprint', () => put('light')) // paper is always light
  addEventListener('afterprint', () => put())
}

export function switchTheme(to: ThemeName): void {
  localStorage.setItem(KEPT_AS, to)
  put()
}

export const useTheme = (): ThemeName =>
  useSyncExternalStore((changed) => {
    heard.add(changed)
    return () => heard.delete(changed)
  }, theme)
