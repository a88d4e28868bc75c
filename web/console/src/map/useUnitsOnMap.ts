import type { Unit } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { useEffect, useRef } from 'react'
import { useDesk } from '../desk/context'
import { unitPoints } from './features'
import { setData } from './layers'

/** Units move once a second: their source is set from the positions, at most once a frame. */
export function useUnitsOnMap(map: LibreMap, units: Unit[]): void {
  const desk = useDesk()
  const present = useRef(units)
  present.current = units
  useEffect(() => {
    let frame = 0
    const paint = () => {
      frame = 0
      setData(map, 'units', unitPoints(present.current, (id) => desk.positions.get(id)))
      const following = desk.screen.get().following
      const position = following ? desk.positions.get(following) : undefined
      if (position) map.easeTo({ center: [position[1], position[2]], duration: 900, essential: true })
    }
    const soon = () => {
      if (!frame) frame = requestAnimationFrame(paint)
    }
    soon()
    const stop = desk.positions.subscribe(soon)
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [map, desk, units])
}
