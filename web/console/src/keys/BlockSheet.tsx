import { Modal } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyedDevice } from './api'
import css from './keys.module.css'

interface BlockSheetProps {
  device: KeyedDevice
  onClose: () => void
  onBlock: (body: { wipe: boolean; reason: string }) => void
}

/** Why, and whether it must also forget what it holds: both go on record. */
export function BlockSheet({ device, onClose, onBlock }: BlockSheetProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [wipe, setWipe] = useState(device.kind === 'tablet')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onBlock({ wipe, reason: reason.trim() })
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={<strong>{t('keyed.block_title', { name: device.name })}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <form onSubmit={submit} className={css.form}>
        <p>{t('keyed.block_what')}</p>
        <label>
          {t('keyed.reason')}
          <input value={reason} maxLength={200} required autoFocus onChange={(event) => setReason(event.target.value)} />
        </label>
        <label className={css.check}>
          <input type="checkbox" checked={wipe} onChange={(event) => setWipe(event.target.checked)} />
          {t('keyed.wipe')}
        </label>
        <button type="submit" className={css.danger} disabled={!reason.trim()}>
          {t(wipe ? 'keyed.block_and_wipe' : 'keyed.block')}
        </button>
      </form>
    </Modal>
  )
}
