import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import { openArchive } from './open'

/** From an incident to its moment on all its cameras. */
export function ToArchive({ incidentId, className }: { incidentId: string; className?: string }) {
  const { t } = useTranslation()
  const desk = useDesk()
  if (!desk.mayDispatch) return null
  return (
    <button type="button" className={className} onClick={() => openArchive(desk, { incidentId })}>
      <Icon name="history" size={16} /> {t('archive.to')}
    </button>
  )
}
