import { type Client, dayTime, Icon } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import css from './lists.module.css'
import type { WatchSettings } from '../types'

/** The grounds that the registers give, and aloud which of them are off because a register is too old. */
export function Registers({ client }: { client: Client }) {
  const { t } = useTranslation()
  const settings = useQuery({
    queryKey: ['watch', 'settings'],
    queryFn: ({ signal }) => client.get<WatchSettings>('/api/qorgau/watch/settings', signal),
    refetchInterval: 30_000,
  })
  if (!settings.data) return null
  const { grounds, unpaid_fines, systematic, uninsured } = settings.data
  const rule: Partial<Record<string, string>> = {
    uninsured: t('watch.rule_uninsured', { days: uninsured.grace_days }),
    unpaid_fines: t('watch.rule_fines', { count: unpaid_fines.count, sum: unpaid_fines.sum_tenge.toLocaleString('ru-KZ') }),
    systematic: t('watch.rule_systematic', { count: systematic.count, days: systematic.period_days }),
  }
  const off = grounds.filter((each) => !each.stands)
  return (
    <>
      {off.length > 0 && (
        <div className={css.off} role="alert">
          <Icon name="unlink" size={20} />
          <div>
            {off.map((each) => (
              <p key={each.ground}>
                <strong>{t('watch.off', { ground: t(`ground.${each.ground}`) })}</strong>{' '}
                {t(`watch.off_${each.why}`, { register: each.register_name ? t(`register.${each.register_name}`, { defaultValue: each.register_name }) : '', days: each.stale_days, day: each.as_of ? dayTime(each.as_of) : '–' })}
              </p>
            ))}
          </div>
        </div>
      )}
      <dl className={css.registers}>
        {grounds.map((each) => (
          <div key={each.ground} data-off={!each.stands || undefined}>
            <dt>{t(`ground.${each.ground}`)}</dt>
            <dd>
              <strong>{each.stands ? each.rows.toLocaleString('ru-KZ') : t('watch.is_off')}</strong>
              <span>{t(`alert_action.${each.action}`)}</span>
              <span>{rule[each.ground]}</span>
              {each.as_of && <span>{t('alerts.as_of', { day: dayTime(each.as_of) })}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
