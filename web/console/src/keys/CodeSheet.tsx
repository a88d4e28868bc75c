import { Modal } from '@mantine/core'
import { dayTime } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import type { DeviceCode } from './api'
import css from './keys.module.css'

/** The one-time code, once: to be photographed by the tablet or typed. */
export function CodeSheet({ code, onClose }: { code: DeviceCode; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={<strong>{t('keyed.code_title', { name: code.device.name })}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <div className={css.code}>
        <svg viewBox={`0 0 ${code.qr_size} ${code.qr_size}`} role="img" aria-label={t('keyed.qr')} shapeRendering="crispEdges">
          <rect width={code.qr_size} height={code.qr_size} fill="#fff" />
          <path d={code.qr} fill="#000" />
        </svg>
        <output>{code.code}</output>
        <p>{t(code.device.kind === 'tablet' ? 'keyed.code_tablet' : 'keyed.code_other')}</p>
        <p>{t('keyed.code_until', { time: dayTime(code.expires_at) })}</p>
      </div>
    </Modal>
  )
}
