import { LiveVideo, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { ageOf, secondsOld } from './drones'
import css from './map.module.css'
import own from './cameras/cameras.module.css'
import { useMobiles } from './useMobiles'

/** What a drone or a mobile complex says of itself, and its live picture. A lost link is said aloud. */
export function Carried({ unitId }: { unitId: string }) {
  const { t } = useTranslation()
  const now = useNow()
  const mobile = useMobiles().data?.find((each) => each.unit_id === unitId)
  if (!mobile) return null
  const pose = mobile.pose
  const said = [
    pose?.altitude_m != null && t('map.height', { metres: Math.round(pose.altitude_m) }),
    pose?.bearing != null && t('map.looks_at', { degrees: Math.round(pose.bearing) }),
  ]
  return (
    <div data-mobile={mobile.call_sign} data-stale={mobile.stale || undefined}>
      <p className={css.peekLine} role="status">
        {!mobile.stale && (said.filter(Boolean).join(' · ') || t('map.telemetry_here'))}
        {mobile.stale && (
          <strong className={css.lost}>
            ▲ {pose ? t('map.telemetry_lost', { time: ageOf(secondsOld(pose.at, now)) }) : t('map.telemetry_none')}
          </strong>
        )}
      </p>
      {mobile.camera_id && (
        <div className={own.video}>
          <LiveVideo cameraId={mobile.camera_id} label={mobile.call_sign} />
        </div>
      )}
    </div>
  )
}
