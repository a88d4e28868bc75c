import { useElementSize } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { TileCamera } from '../types'
import { fitted, type Layout } from './layout'
import { Tile } from './Tile'
import css from './wall.module.css'

interface Props {
  cameras: (TileCamera | null)[]
  /** Without one the tiles are made as large as they go into the room there is. */
  layout?: Layout
  /** The tile that fills the wall. */
  large: number | null
  selected: number | null
  digits?: boolean
  incident?: string
  signs?: (camera: TileCamera) => ReactNode
  onSelect: (place: number) => void
  onLarge: (place: number | null) => void
  onDrop?: (place: number, dragged: string) => void
  onEmpty?: (place: number) => void
}

/** Live tiles. A tile that another one covers keeps its place and its picture. */
export function Grid({ cameras, layout, large, selected, digits = true, incident, signs, onSelect, onLarge, onDrop, onEmpty }: Props) {
  const { ref, width, height } = useElementSize()
  const shown = layout ?? fitted(cameras.length, width, height)
  const ready = layout !== undefined || width > 0
  return (
    <div ref={ref} className={css.grid} style={{ gridTemplateColumns: `repeat(${shown.columns}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${shown.rows}, minmax(0, 1fr))` }} data-large={large !== null || undefined}>
      {ready &&
        shown.cells.map(([column, row, wide, high], place) => {
          const camera = cameras[place] ?? null
          if (!layout && !camera) return null
          const fills = large === place
          const cell = fills ? { gridArea: '1 / 1 / -1 / -1', zIndex: 2 } : { gridColumn: `${column} / span ${wide}`, gridRow: `${row} / span ${high}` }
          return (
            <div key={camera?.id ?? `empty-${place}`} className={css.cell} style={cell} data-behind={(large !== null && !fills) || undefined}>
              <Tile
                camera={camera}
                place={place}
                digit={digits && place < 9 ? String(place + 1) : undefined}
                selected={selected === place}
                large={fills}
                incident={incident}
                sign={camera && signs?.(camera)}
                onSelect={() => onSelect(place)}
                onLarge={() => onLarge(fills ? null : place)}
                onDrop={onDrop && ((dragged) => onDrop(place, dragged))}
                onEmpty={onEmpty && (() => onEmpty(place))}
              />
            </div>
          )
        })}
    </div>
  )
}
