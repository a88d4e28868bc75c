import { Icon, LiveVideo } from '@jedel/ui'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { TileCamera } from '../types'
import { useZoom } from './useZoom'
import css from './wall.module.css'

/** A camera's live picture with digital zoom. */
export function Picture({ camera, stream, incident }: { camera: TileCamera; stream: 'main' | 'sub'; incident?: string }) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const { zoom, reset } = useZoom(frame)
  const near = zoom.scale > 1
  return (
    <div ref={frame} className={css.frame} data-near={near || undefined}>
      <div className={css.zoomed} style={near ? { transform: `translate(${zoom.x * 100}%, ${zoom.y * 100}%) scale(${zoom.scale})` } : undefined}>
        <LiveVideo cameraId={camera.id} stream={stream} label={camera.name} incident={incident} />
      </div>
      {near && (
        <button type="button" className={css.unzoom} title={t('wall.unzoom')} aria-label={t('wall.unzoom')} onClick={reset}>
          {zoom.scale.toFixed(1)}× <Icon name="close" size={14} />
        </button>
      )}
    </div>
  )
}
