import { elapsed, Icon, LiveVideo, useNow } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type CameraCard, stateWord } from '../../cameras/health/types'
import { useDesk } from '../../desk/context'
import css from '../map.module.css'
import own from './cameras.module.css'
import type { CameraSign } from './layer'

/** A camera looked at by itself, small, at the map's corner: what it is, whether it sees, its live picture. */
export function CameraPeek({ sign, onClose }: { sign: CameraSign; onClose: () => void }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const camera = useQuery({
    queryKey: ['camera', sign.id],
    queryFn: ({ signal }) => desk.client.get<CameraCard>(`/api/cameras/${sign.id}`, signal),
    refetchInterval: 10_000,
  }).data
  const state = camera?.state ?? (sign.state === 'recording' ? 'up' : sign.state)
  return (
    <section className={`${css.peek} ${own.peek}`} aria-label={camera?.name ?? t('rail.cameras')}>
      <div className={css.peekHead}>
        <i className={own.sign} data-state={camera?.recording_now ? 'recording' : state} aria-hidden />
        <strong>{camera?.name ?? '…'}</strong>
        <button type="button" className={css.x} aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </div>
      <p className={css.peekLine}>
        {t(stateWord(state, camera?.source))}
        {camera?.fault && `: ${t(`camfault.${camera.fault}`)}`}
        {camera?.since && <span className={css.dim}> · {elapsed(camera.since, now)}</span>}
      </p>
      <p className={`${css.peekLine} ${css.dim}`}>{[`№ ${camera?.number ?? ''}`, t(`camkind.${sign.kind}`), camera?.owner].filter(Boolean).join(' · ')}</p>
      <div className={own.video}>
        <LiveVideo cameraId={sign.id} label={camera?.name} />
      </div>
      <div className={css.peekActions}>
        <button type="button" className={css.button} onClick={() => desk.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: null, followWall: null, wallAt: null, camerasQuery: camera?.name ?? '' })}>
          {t('map.cameras_to_wall')}
        </button>
        <button type="button" className={css.button} onClick={() => desk.screen.set({ room: 'cameras', camerasTab: 'health' })}>
          {t('cameras.health')}
        </button>
      </div>
    </section>
  )
}
