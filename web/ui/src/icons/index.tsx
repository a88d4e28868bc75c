import { useId } from 'react'
import type { Priority, UnitStatus } from '../domain/types'
import { type Glyph, glyphs, type PlaceGlyph, placeGlyphs, priorityShapes, type Shape, unitShapes } from './shapes'

interface SignProps {
  size?: number
  /** Words for a screen reader; without them the sign is decoration beside a word. */
  title?: string
  className?: string
}

function Svg({ size = 18, title, className, children }: SignProps & { children: React.ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      className={className}
      style={{ flex: 'none', display: 'block' }}
      {...(title ? { role: 'img', 'aria-label': title } : { 'aria-hidden': true })}
    >
      {children}
    </svg>
  )
}

function ShapeSign({ shape, colour, ground, ...rest }: SignProps & { shape: Shape; colour: string; ground: string }) {
  const clip = useId()
  return (
    <Svg {...rest}>
      <clipPath id={clip}>
        <path d={shape.outline} />
      </clipPath>
      {shape.fill.map((d) => (
        <path key={d} d={d} fill={colour} clipPath={`url(#${clip})`} />
      ))}
      {shape.outlined && (
        <path
          d={shape.outline}
          fill="none"
          stroke={colour}
          strokeWidth={2}
          strokeLinejoin="round"
          strokeDasharray={shape.dashed ? '3 3' : undefined}
        />
      )}
      {shape.cut && <path d={shape.cut} fill={ground} />}
    </Svg>
  )
}



export function PriorityIcon({ priority, ...rest }: SignProps & { priority: Priority }) {
  return (
    <ShapeSign
      shape={priorityShapes[priority]}
      colour={`var(--j-${priority})`}
      ground={`var(--j-on-${priority})`}
      {...rest}
    />
  )
}

export function UnitIcon({ status, silent, ...rest }: SignProps & { status: UnitStatus; silent?: boolean }) {
  const shown = silent ? 'unavailable' : status
  const faint = shown === 'unavailable' || shown === 'off_shift'
  return (
    <ShapeSign
      shape={unitShapes[shown]}
      colour={faint ? 'var(--j-dim)' : 'var(--j-unit)'}
      ground="var(--j-surface)"
      {...rest}
    />
  )
}

function Stroke({ d, ...rest }: SignProps & { d: string }) {
  return (
    <Svg {...rest}>
      <path d={d} fill="none" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" />
    </Svg>
  )
}

export function PlaceIcon({ kind, ...rest }: SignProps & { kind: PlaceGlyph }) {
  return <Stroke d={placeGlyphs[kind]} {...rest} />
}

export function Icon({ name, ...rest }: SignProps & { name: Glyph }) {
  return <Stroke d={glyphs[name]} {...rest} />
}

export type { Glyph, PlaceGlyph }
