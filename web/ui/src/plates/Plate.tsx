import { plateParts, sayPlate } from './view'

interface Props {
  text: string
  series?: string | null
  /** Height in pixels. */
  size?: number
  className?: string
}

/** A plate as it hangs on the car: what an eye compares with what it sees on the road. */
export function Plate({ text, series = null, size = 34, className }: Props) {
  const { parts, region, kind } = plateParts(text, series)
  return (
    <span className={`j-plate ${className ?? ''}`} data-kind={kind} style={{ fontSize: size }} role="img" aria-label={sayPlate(text)}>
      <span className="j-plate-land" aria-hidden>
        <i />
        KZ
      </span>
      <span className="j-plate-signs" aria-hidden>
        {parts.map((part, i) => (
          <b key={i}>{part}</b>
        ))}
      </span>
      {region && (
        <span className="j-plate-region" aria-hidden>
          {region}
        </span>
      )}
    </span>
  )
}
