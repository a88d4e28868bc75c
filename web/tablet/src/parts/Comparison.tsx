import { compare, Icon, lookWord } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import type { AlertView } from '../work/types'

/** What the register says of this plate beside what the camera saw: the crew compares both with the car. */
export function Comparison({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const { register } = alert
  if (!register) return <p className="compare-none">{t('looks.no_register')}</p>
  return (
    <table className="compare">
      <thead>
        <tr>
          <td />
          <th scope="col">{t('looks.registered')}</th>
          <th scope="col">{t('looks.seen')}</th>
        </tr>
      </thead>
      <tbody>
        {compare(alert).map(({ what, seen, registered, differs }) => (
          <tr key={what} data-differs={differs || undefined}>
            <th scope="row">{t(`looks.${what}`)}</th>
            <td>{[lookWord(what, registered, t) || t('looks.unknown'), what === 'make' && register.model].filter(Boolean).join(' ')}</td>
            <td>
              {differs && <Icon name="close" size={20} title={t('looks.differs')} />}
              {lookWord(what, seen, t) || t('looks.unknown')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
