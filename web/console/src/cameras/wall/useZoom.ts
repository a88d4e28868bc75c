import { type RefObject, useEffect, useState } from 'react'

interface Zoom {
  scale: number
  /** Of the picture's middle, in shares of the tile. */
  x: number
  y: number
}

const NONE: Zoom = { scale: 1, x: 0, y: 0 }
const CLOSEST = 8

const held = (value: number, scale: number): number => {
  const most = (scale - 1) / 2
  return Math.min(most, Math.max(-most, value))
}

/** Digital zoom: the wheel nears what is under the pointer, dragging moves it. The stream stays as it is. */
export function useZoom(frame: RefObject<HTMLElement | null>): { zoom: Zoom; reset: () => void } {
  const [zoom, setZoom] = useState(NONE)
  const near = zoom.scale > 1
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const at = { x: (event.clientX - box.left) / box.width - 0.5, y: (event.clientY - box.top) / box.height - 0.5 }
      setZoom((now) => {
        const scale = Math.min(CLOSEST, Math.max(1, now.scale * Math.exp(-event.deltaY / 300)))
        if (scale === 1) return NONE
        const grown = scale / now.scale
        return { scale, x: held(at.x - (at.x - now.x) * grown, scale), y: held(at.y - (at.y - now.y) * grown, scale) }
      })
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [frame])
  useEffect(() => {
    const element = frame.current
    if (!element || !near) return
    const move = (event: PointerEvent) => {
      if ((event.buttons & 1) === 0) return
      const box = element.getBoundingClientRect()
      setZoom((now) => ({ ...now, x: held(now.x + event.movementX / box.width, now.scale), y: held(now.y + event.movementY / box.height, now.scale) }))
    }
    element.addEventListener('pointermove', move)
    return () => element.removeEventListener('pointermove', move)
  }, [frame, near])
  return { zoom, reset: () => setZoom(NONE) }
}
