import { useEffect } from 'react'
import { type Layout, stepped } from './layout'
import { digitsTaken } from './taken'

interface Wall {
  layout: Layout
  count: number
  selected: number | null
  large: number | null
  select: (place: number | null) => void
  setLarge: (place: number | null) => void
  /** Esc where nothing is large or chosen, and W. */
  leave?: () => void
}

/** 1–9 chooses a tile, once more fills the wall with it; arrows go on; F fills; Esc goes back step by step. */
export function useWallKeys(wall: Wall): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"], [role="menu"]')) return
      if (digitsTaken() && /^(Digit|Numpad|Escape)/.test(event.code)) return
      const { layout, count, selected, large, select, setLarge, leave } = wall
      if (/^(Digit|Numpad)[1-9]$/.test(event.code)) {
        const place = Number(event.code.slice(-1)) - 1
        if (place >= count) return
        if (large !== null) setLarge(large === place ? null : place)
        else if (selected === place) setLarge(place)
        select(place)
      } else if (event.code.startsWith('Arrow')) {
        const next = selected === null ? 0 : stepped(layout, selected, event.code as 'ArrowUp', count)
        select(next)
        if (large !== null) setLarge(next)
      } else if (event.code === 'KeyF' && selected !== null) {
        setLarge(large === selected ? null : selected)
      } else if (event.code === 'Escape' && large !== null) {
        setLarge(null)
      } else if (event.code === 'Escape' && selected !== null) {
        select(null)
      } else if ((event.code === 'Escape' || event.code === 'KeyW') && leave) {
        leave()
      } else {
        return
      }
      event.preventDefault()
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  })
}
