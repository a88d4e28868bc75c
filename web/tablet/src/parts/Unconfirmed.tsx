import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

/** Nobody has confirmed plate and vehicle: said by words, a hatching and a sign, in every language. */
export function Unconfirmed({ sure }: { sure: boolean }) {
  const { t } = useTranslation()
  return (
    <p className="standing" data-sure={sure || undefined} role="status">
      <Icon name={sure ? 'check' : 'eye'} size={26} />
      <strong>{t(sure ? 'alert_state.confirmed' : 'alert_state.unconfirmed')}</strong>
    </p>
  )
}
