import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import { openArchive } from './open'

/** From an incident to its moment on all its cameras. */
export function ToArchive({ incidentId, className }: { incidentId: string; className?: string }) {
  const { t } = useTranslation()
  const desk = useDesk()
  if (!desk.mayDispatch) return null
  return (
    <button type="button" className={className} title={t('archive.to')} onClick={() => openArchive(desk, { incidentId })}>
      {t('archive.recordings')}
    </button>
  )
}
