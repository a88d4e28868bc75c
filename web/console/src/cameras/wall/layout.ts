/** How tiles lie on a wall: `cells` in grid lines [column, row, columns, rows], the first being tile 1. */
export interface Layout {
  id: string
  columns: number
  rows: number
  cells: [number, number, number, number][]
}

function even(id: string, columns: number, rows: number): Layout {
  const cells = Array.from({ length: columns * rows }, (_, i): [number, number, number, number] => [(i % columns) + 1, Math.floor(i / columns) + 1, 1, 1])
  return { id, columns, rows, cells }
}

/** One large tile and small ones to its right and below it. */
function large(id: string, columns: number, rows: number, span: number): Layout {
  const cells: Layout['cells'] = [[1, 1, span, span]]
  for (let row = 1; row <= rows; row++) {
    for (let column = 1; column <= columns; column++) if (column > span || row > span) cells.push([column, row, 1, 1])
  }
  return { id, columns, rows, cells }
}

export const LAYOUTS: Layout[] = [
  even('1', 1, 1),
  even('4', 2, 2),
  even('6', 3, 2),
  even('9', 3, 3),
  even('12', 4, 3),
  even('16', 4, 4),
  large('1+5', 3, 3, 2),
  large('1+7', 4, 4, 3),
  large('1+12', 5, 5, 4),
]

export const layoutOf = (id: string): Layout => LAYOUTS.find((each) => each.id === id) ?? LAYOUTS[1]!

/** So many tiles of 16:9 as large as they go into a box of so many pixels. */
export function fitted(count: number, width: number, height: number, gap = 4): Layout {
  let best = { columns: 1, size: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const size = Math.min((width - gap * (columns - 1)) / columns, ((height - gap * (rows - 1)) / rows) * (16 / 9))
    if (size > best.size + 0.5) best = { columns, size }
  }
  return even(`fit-${count}`, best.columns, Math.max(1, Math.ceil(count / best.columns)))
}

/** The tile that an arrow leads to; the same one where there is none. */
export function stepped(layout: Layout, from: number, key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown', count: number): number {
  const [column, row, wide, high] = layout.cells[from] ?? [1, 1, 1, 1]
  const middle = { x: column + wide / 2, y: row + high / 2 }
  let best = from
  let least = Number.POSITIVE_INFINITY
  layout.cells.slice(0, count).forEach(([x, y, w, h], i) => {
    const dx = x + w / 2 - middle.x
    const dy = y + h / 2 - middle.y
    const ahead = key === 'ArrowLeft' ? -dx : key === 'ArrowRight' ? dx : key === 'ArrowUp' ? -dy : dy
    const aside = key === 'ArrowLeft' || key === 'ArrowRight' ? Math.abs(dy) : Math.abs(dx)
    if (i === from || ahead <= 0.25) return
    const far = ahead + aside * 3
    if (far < least) [best, least] = [i, far]
  })
  return best
}
