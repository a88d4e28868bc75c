import { Icon, type Me } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './account.module.css'
import { useRecoveries } from './api'

/** A sign in the bar that colleagues wait to be let in again; nothing where nobody waits. */
export function Asking({ me, onOpen }: { me: Me; onOpen: () => void }) {
  const { t } = useTranslation()
  const count = useRecoveries(me.role).data?.length ?? 0
  if (count === 0 || me.role === 'administrator') return null
  return (
    <button type="button" className={css.count} title={t('recovery.asked')} aria-label={`${t('recovery.asked')}: ${count}`} onClick={onOpen}>
      <Icon name="user" size={15} />
      {count}
    </button>
  )
}
