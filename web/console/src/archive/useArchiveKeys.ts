import { useEffect } from 'react'
import { FRAME_MS, type Playback } from './playback'

/** Space, arrows, frame by frame with comma and dot, J K L as on an editing desk, I and O mark. */
export function useArchiveKeys(playback: Playback, seek: (at: number) => void, mark: (end: 'from' | 'until') => void): void {
  useEffect(() => {
    const by = (ms: number) => seek(playback.state.get().at + ms)
    const keys: Record<string, () => void> = {
      Space: () => playback.toggle(),
      ArrowLeft: () => by(-5_000),
      ArrowRight: () => by(5_000),
      Comma: () => playback.step(-FRAME_MS),
      Period: () => playback.step(FRAME_MS),
      KeyJ: () => playback.shuttle(-1),
      KeyK: () => playback.shuttle(0),
      KeyL: () => playback.shuttle(1),
      KeyI: () => mark('from'),
      KeyO: () => mark('until'),
    }
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null
      const typing = target?.closest('input, textarea, select, [contenteditable]')
      const act = keys[event.code]
      if (!act || typing || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      act()
    }
    window.addEventListener('keydown', pressed, true)
    return () => window.removeEventListener('keydown', pressed, true)
  }, [playback, seek, mark])
}
