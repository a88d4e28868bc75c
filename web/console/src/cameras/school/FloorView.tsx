import { useTranslation } from 'react-i18next'
import type { FloorPlan, OnPlan, Opening, OpeningCamera } from '../types'
import css from './school.module.css'

const MARGIN_M = 4
const USUAL_RANGE_M = 8
const USUAL_FOV = 90

/** North is up, as on the map: the plan's y grows upwards, a drawing's downwards. */
const at = ({ x, y }: OnPlan): [number, number] => [x, -y]

function box(points: [number, number][]): { x: number; y: number; w: number; h: number } {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const x = Math.min(...xs) - MARGIN_M
  const y = Math.min(...ys) - MARGIN_M
  return { x, y, w: Math.max(12, Math.max(...xs) + MARGIN_M - x), h: Math.max(8, Math.max(...ys) + MARGIN_M - y) }
}

function cone(camera: OpeningCamera): string | null {
  if (!camera.plan || camera.heading === null) return null
  const [x, y] = at(camera.plan)
  const reach = Math.min(camera.range_m ?? USUAL_RANGE_M, 14)
  const half = Math.min(camera.fov ?? USUAL_FOV, 170) / 2
  const rim = [camera.heading - half, camera.heading, camera.heading + half].map((angle) => {
    const turn = (angle * Math.PI) / 180
    return [x + reach * Math.sin(turn), y - reach * Math.cos(turn)]
  })
  return `M${x} ${y}L${rim.map((each) => each.join(' ')).join('L')}Z`
}

interface Props {
  floor: number
  drawing: FloorPlan | undefined
  opening: Opening
  shown: OpeningCamera[]
  selected: number | null
  onPick: (place: number) => void
}

/** One floor: walls where they are drawn, cameras by the number of their tile, and the button. */
export function FloorView({ floor, drawing, opening, shown, selected, onPick }: Props) {
  const { t } = useTranslation()
  const cameras = opening.cameras.filter((each) => each.part === 'site' && each.floor === floor && each.plan)
  const button = opening.button?.floor === floor ? opening.button.plan : null
  const points: [number, number][] = [
    ...(drawing?.outline ?? []).map(([x, y]): [number, number] => [x, -y]),
    ...cameras.map((each) => at(each.plan!)),
    ...(button ? [at(button)] : []),
  ]
  if (points.length === 0) return <p>{t('school.no_plan')}</p>
  const { x, y, w, h } = box(points)
  const unit = Math.max(w, h * 1.4) / 100
  const path = (corners: [number, number][]) => `M${corners.map(([a, b]) => `${a} ${-b}`).join('L')}Z`
  return (
    <svg className={css.plan} viewBox={`${x} ${y} ${w} ${h}`} role="img" aria-label={t('school.plan_label', { floor })}>
      {drawing && <path d={path(drawing.outline)} className={css.outline} strokeWidth={unit} />}
      {drawing?.rooms.map((room, i) => (
        <g key={i}>
          <path d={path(room.corners)} className={css.roomLine} strokeWidth={unit / 2} data-zone={room.zone} />
          <text x={room.corners.reduce((sum, each) => sum + each[0], 0) / room.corners.length} y={-room.corners.reduce((sum, each) => sum + each[1], 0) / room.corners.length} fontSize={unit * Math.min(3.6, 26 / room.name.length)} className={css.roomName}>
            {room.name}
          </text>
        </g>
      ))}
      {cameras.map((each) => {
        const d = cone(each)
        return d && <path key={`cone-${each.id}`} d={d} className={css.cone} data-sees={each.sees || undefined} />
      })}
      {cameras.map((each) => {
        const place = shown.findIndex((one) => one.id === each.id)
        const [cx, cy] = at(each.plan!)
        return (
          <g key={each.id} className={css.camera} data-selected={(place >= 0 && place === selected) || undefined} onClick={() => place >= 0 && onPick(place)}>
            <title>{each.name}</title>
            <circle cx={cx} cy={cy} r={unit * 3.4} strokeWidth={unit * 0.7} />
            <text x={cx} y={cy} fontSize={unit * 4} dominantBaseline="central" textAnchor="middle">
              {place >= 0 ? place + 1 : '·'}
            </text>
          </g>
        )
      })}
      {button && (
        <g className={css.button}>
          <title>{t('school.button')}</title>
          <circle cx={at(button)[0]} cy={at(button)[1]} r={unit * 5.4} strokeWidth={unit} />
          <path d={`M${at(button)[0]} ${at(button)[1] - unit * 2.6}v${unit * 3}m0 ${unit * 1.2}v${unit}`} strokeWidth={unit * 1.3} />
        </g>
      )}
    </svg>
  )
}
