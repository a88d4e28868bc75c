import { type PlaceGlyph, placeGlyphs, type Shape } from './shapes'


/** Draws on a transparent square of `size` CSS pixels at `ratio` device pixels each. */
function draw(size: number, ratio: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = Math.round(size * ratio)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this browser gives no 2D canvas')
  context.scale((size * ratio) / 32, (size * ratio) / 32)
  context.translate(4, 4)
  context.lineJoin = 'round'
  context.lineCap = 'round'
  paint(context)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/** A state sign with a halo, so that it reads on any street; `size` includes a margin of 1/8 each side. */
export function shapeImage(shape: Shape, colour: string, halo: string, cut: string, size: number, ratio: number): ImageData {
  return draw(size, ratio, (context) => {
    const outline = new Path2D(shape.outline)
    context.strokeStyle = halo
    context.lineWidth = 6
    context.stroke(outline)
    context.fillStyle = halo
    context.fill(outline)
    context.save()
    context.clip(outline)
    context.fillStyle = colour
    for (const path of shape.fill) context.fill(new Path2D(path))
    context.restore()
    if (shape.outlined) {
      context.strokeStyle = colour
      context.lineWidth = 2.4
      context.setLineDash(shape.dashed ? [3, 3] : [])
      context.stroke(outline)
    }
    if (shape.cut) {
      context.fillStyle = cut
      context.fill(new Path2D(shape.cut))
    }
  })
}

/** A device or site: its line glyph on a small plate. `crossed` says that it is unavailable. */
export function placeImage(kind: PlaceGlyph, ink: string, plate: string, crossed: boolean, size: number, ratio: number): ImageData {
  return draw(size, ratio, (context) => {
    context.fillStyle = plate
    context.strokeStyle = ink
    context.lineWidth = 1.4
    const box = new Path2D()
    box.roundRect(-2.5, -2.5, 29, 29, 5)
    context.fill(box)
    if (crossed) context.setLineDash([3, 3])
    context.stroke(box)
    context.setLineDash([])
    context.lineWidth = 2.2
    context.stroke(new Path2D(placeGlyphs[kind]))
    if (crossed) {
      context.strokeStyle = plate
      context.lineWidth = 6
      context.stroke(new Path2D('M1 23L23 1'))
      context.strokeStyle = ink
      context.lineWidth = 2.4
      context.stroke(new Path2D('M1 23L23 1'))
    }
  })
}

/** An empty ring (selection) or a heading pointer, from any path on the 24 grid. */
export function pathImage(d: string, style: { fill?: string; stroke?: string; width?: number; halo?: string }, size: number, ratio: number): ImageData {
  return draw(size, ratio, (context) => {
    const path = new Path2D(d)
    if (style.halo) {
      context.strokeStyle = style.halo
      context.lineWidth = (style.width ?? 2) + 3
      context.stroke(path)
    }
    if (style.fill) {
      context.fillStyle = style.fill
      context.fill(path)
    }
    if (style.stroke) {
      context.strokeStyle = style.stroke
      context.lineWidth = style.width ?? 2
      context.stroke(path)
    }
  })
}
