import { Icon } from '@jedel/ui'
import { type DragEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TileCamera } from '../types'
import { Picture } from './Picture'
import { PtzPad } from './PtzPad'
import css from './wall.module.css'

interface Props {
  camera: TileCamera | null
  place: number
  /** The digit that chooses it, where there is one. */
  digit?: string
  selected: boolean
  large: boolean
  sign?: ReactNode
  /** For which it is looked at. */
  incident?: string
  onSelect: () => void
  onLarge: () => void
  onDrop?: (dragged: string) => void
  onEmpty?: () => void
}

/** One live picture with its name, drawn up to a border that says what is chosen. */
export function Tile({ camera, place, digit, selected, large, sign, incident, onSelect, onLarge, onDrop, onEmpty }: Props) {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const drag = onDrop && {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      onDrop(event.dataTransfer.getData('text/plain'))
    },
  }
  if (!camera) {
    return (
      <div className={css.tile} data-empty data-selected={selected || undefined} data-over={over || undefined} {...drag}>
        {onEmpty ? (
          <button type="button" className={css.empty} onClick={() => { onSelect(); onEmpty() }}>
            <Icon name="plus" size={20} />
            {digit && <kbd>{digit}</kbd>}
            <span>{t('wall.empty')}</span>
          </button>
        ) : (
          <p className={css.empty}>{t('wall.no_camera')}</p>
        )}
      </div>
    )
  }
  return (
    <figure
      className={css.tile}
      data-camera={camera.id}
      data-place={place}
      data-selected={selected || undefined}
      data-over={over || undefined}
      draggable={!!onDrop}
      onDragStart={(event) => event.dataTransfer.setData('text/plain', `tile:${place}`)}
      onClick={onSelect}
      onDoubleClick={onLarge}
      {...drag}
    >
      <Picture camera={camera} stream={large ? 'main' : 'sub'} incident={incident} />
      <figcaption className={css.caption}>
        {digit && <kbd>{digit}</kbd>}
        <span className={css.name} title={[camera.name, camera.zone && t(`camzone.${camera.zone}`)].filter(Boolean).join(' · ')}>{camera.name}</span>
        {camera.zone && camera.zone !== 'street' && (
          <span className={css.zone}>
            {t(`camzone.${camera.zone}`)}
            {camera.floor !== null && camera.zone !== 'surroundings' && ` · ${t('wall.floor', { floor: camera.floor })}`}
          </span>
        )}
        {sign}
      </figcaption>
      {camera.ptz && (selected || large) && <PtzPad cameraId={camera.id} keys={selected} />}
    </figure>
  )
}
