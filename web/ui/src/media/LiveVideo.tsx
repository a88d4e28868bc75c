import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/client'
import { useNow } from '../live/hooks'
import { problemText } from '../problem'
import { clockFace } from '../time'
import { Player, type PlayerState } from './player'

export interface LiveVideoProps {
  cameraId: string
  stream?: 'main' | 'sub'
  /** What the camera is called: said to screen readers. */
  label?: string
  /** Without sound; the default. */
  muted?: boolean
  /** The incident, or the purpose, for which it is looked at: goes into the journal. */
  incident?: string
  purpose?: string
  fit?: 'contain' | 'cover'
  className?: string
  onState?: (state: PlayerState) => void
}

/** Paths of a camera's live picture. */
export function livePaths(cameraId: string, stream: 'main' | 'sub', why: { incident?: string; purpose?: string } = {}): { live: string; bytes: string } {
  const query = new URLSearchParams({ stream })
  if (why.incident) query.set('incident', why.incident)
  if (why.purpose) query.set('purpose', why.purpose)
  const camera = `/api/cameras/${encodeURIComponent(cameraId)}`
  return { live: `${camera}/live?${query}`, bytes: `${camera}/live.mp4?${query}` }
}

/**
 * A camera's live picture. It connects again by itself; while nothing comes it says so and since when, over
 * the last picture if there was one. For tests: `data-state`, `data-frames` (shown so far), `data-by`.
 */
export function LiveVideo({ cameraId, stream = 'sub', label, muted = true, incident, purpose, fit = 'contain', className, onState }: LiveVideoProps) {
  const { t } = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<PlayerState>(() => ({ is: 'connecting', since: Date.now(), masked: false }))
  const tell = useRef(onState)
  tell.current = onState
  const paths = useMemo(() => livePaths(cameraId, stream, { incident, purpose }), [cameraId, stream, incident, purpose])
  useEffect(() => {
    if (!video.current) return
    const player = new Player(video.current, {
      ...paths,
      sound: !muted,
      onState: (next) => {
        setState(next)
        tell.current?.(next)
      },
      onFrame: (frames) => {
        if (frame.current) frame.current.dataset.frames = String(frames)
      },
    })
    return () => player.stop()
  }, [paths, muted])
  return (
    <div ref={frame} className={`j-live ${className ?? ''}`} data-state={state.is} data-by={state.is === 'playing' ? state.by : undefined} data-frames="0">
      <video ref={video} className="j-live-video" style={{ objectFit: fit }} muted={muted} autoPlay playsInline disablePictureInPicture aria-label={label} />
      {state.is === 'connecting' && <div className="j-live-wait j-skeleton" role="status" aria-label={t('video.connecting')} />}
      {state.is === 'unavailable' && <Unavailable state={state} />}
      {state.is === 'playing' && state.masked && <span className="j-live-masked">{t('video.masked')}</span>}
    </div>
  )
}

function Unavailable({ state }: { state: Extract<PlayerState, { is: 'unavailable' }> }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { why } = state
  // A right that is not there is no fault of the camera, and nobody waits for its end.
  const closed = why instanceof Problem && why.status === 403
  const known = why instanceof Problem ? `video.why.${why.params['why'] ?? why.code}` : ''
  return (
    <div className="j-live-gone" role="status">
      <b>{t(closed ? 'video.closed' : 'video.unavailable')}</b>
      {!closed && <span>{t('video.since', { time: clockFace(Math.max(0, Math.floor((now - state.since) / 1000))) })}</span>}
      {why instanceof Problem && (why.message || i18n.exists(known)) && <small>{i18n.exists(known) ? t(known) : problemText(why, t)}</small>}
    </div>
  )
}
