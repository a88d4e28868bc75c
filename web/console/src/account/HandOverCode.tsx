import { dayTime } from '@jedel/ui'
import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import type { HandOver } from './api'

/** A one-time code, once, to be handed over in person. */
export function HandOverCode({ given, onClose }: { given: HandOver; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={<strong>{t('hand_over.title', { name: given.name })}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <div className={css.code}>
        <p>{t('hand_over.what', { login: given.login })}</p>
        <output>{given.code}</output>
        <p className={css.hint}>{t('hand_over.until', { at: dayTime(given.expires_at) })}</p>
        <p className={css.hint}>{t('hand_over.once')}</p>
      </div>
    </Modal>
  )
}
