import { type AlertView, Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './plates.module.css'

/** The state in words. What no officer has confirmed is hatched and says so, whatever else happened to it. */
export function Standing({ alert, small = false }: { alert: Pick<AlertView, 'state' | 'confirmed'>; small?: boolean }) {
  const { t } = useTranslation()
  const over = alert.state === 'stopped' || alert.state === 'refuted' || alert.state === 'ended' || alert.state === 'lost'
  return (
    <span className={css.standing} data-sure={alert.confirmed || undefined} data-small={small || undefined}>
      {!small && <Icon name={alert.confirmed ? 'check' : 'eye'} size={16} />}
      {t(alert.confirmed ? 'alert_state.confirmed' : 'alert_state.unconfirmed')}
      {over && <em>{t(`alert_state.${alert.state}`)}</em>}
      {alert.state === 'seen' && <em>{t('alerts.say_seen')}</em>}
    </span>
  )
}
