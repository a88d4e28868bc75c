import { Icon } from '@jedel/ui'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './archive.module.css'
import type { Playback } from './playback'
import { Reel, type ReelState } from './reel'
import type { Why } from './types'

interface Props {
  cameraId: string
  name: string
  why: Why
  playback: Playback
  large: boolean
  onLarge: () => void
  onRemove: () => void
}

/** One camera as it was, on the clock that all of them share. */
export function Screen({ cameraId, name, why, playback, large, onLarge, onRemove }: Props) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const [state, setState] = useState<ReelState>({ is: 'idle', masked: false, fault: null })
  const [muted, setMuted] = useState(true)
  useEffect(() => {
    if (!video.current) return
    const reel = new Reel(video.current, cameraId, why, setState)
    const remove = playback.add(reel)
    return () => {
      remove()
      reel.close()
    }
  }, [cameraId, why, playback])
  useEffect(() => {
    if (video.current) video.current.muted = muted
  }, [muted, state.is])
  return (
    <figure className={css.screen} data-state={state.is} data-large={large || undefined} data-camera={cameraId} onDoubleClick={onLarge}>
      <video ref={video} playsInline muted aria-label={name} />
      <figcaption>
        <span className={css.name}>{name}</span>
        {state.masked && <span className={css.tag}>{t('archive.masked')}</span>}
        <span className={css.spring} />
        <button type="button" title={t('archive.sound')} aria-label={t('archive.sound')} aria-pressed={!muted} onClick={() => setMuted(!muted)}>
          <Icon name={muted ? 'muted' : 'sound'} size={16} />
        </button>
        <button type="button" title={t('archive.remove')} aria-label={t('archive.remove')} onClick={onRemove}>
          <Icon name="close" size={16} />
        </button>
      </figcaption>
      {state.is === 'gap' && (
        <p className={css.gap}>
          <Icon name="eye" size={20} />
          {t('archive.gap')}
        </p>
      )}
      {state.is === 'loading' && <p className={css.loading}>{t('archive.loading')}</p>}
      {state.is === 'fault' && (
        <p className={css.gap} data-fault>
          {state.fault || t('archive.fault')}
        </p>
      )}
    </figure>
  )
}
