import { compare, Icon, inWords } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import type { AlertView } from '../work/types'

/** What the register says of this plate beside what the camera saw: the crew compares both with the car. */
export function Comparison({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const { register } = alert
  if (!register) return <p className="compare-none">{t('looks.no_register')}</p>
  const said = (words: Parameters<typeof inWords>[0]): string => inWords(words) || t('looks.unknown')
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
        {compare(alert.read, register).map(({ what, seen, registered, differs }) => (
          <tr key={what} data-differs={differs || undefined}>
            <th scope="row">{t(`looks.${what}`)}</th>
            <td>{what === 'make' && register.model ? `${said(registered)} ${inWords(register.model)}` : said(registered)}</td>
            <td>
              {differs && <Icon name="close" size={20} title={t('looks.differs')} />}
              {said(seen)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
