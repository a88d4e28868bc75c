import type { Unit } from '@jedel/ui'
import type { Map as LibreMap } from 'maplibre-gl'
import { useEffect, useRef } from 'react'
import { useDesk } from '../desk/context'
import { unitPoints } from './features'
import { setData } from './layers'
import { Pace } from './pace'

/** Units move once a second: their source is set from the positions, as often as the machine can. */
export function useUnitsOnMap(map: LibreMap, units: Unit[]): void {
  const desk = useDesk()
  const present = useRef(units)
  present.current = units
  useEffect(() => {
    const paint = () => {
      setData(map, 'units', unitPoints(present.current, (id) => desk.positions.get(id)))
      const following = desk.screen.get().following
      const position = following ? desk.positions.get(following) : undefined
      if (position) map.easeTo({ center: [position[1], position[2]], duration: 900, essential: true })
    }
    paint()
    return Pace.of(map, desk.positions).subscribe(paint)
  }, [map, desk, units])
}
