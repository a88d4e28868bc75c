import { compare, Icon, lookWord, type Compared } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import type { AlertView } from '../work/types'

/** What the register says of this plate, and what the camera saw: two lines, to be compared with the car itself. */
export function Comparison({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const { register } = alert
  const looks = compare(alert)
  const said = (which: 'registered' | 'seen') => (each: Compared) => {
    const word = lookWord(each.what, each[which], t)
    if (!word) return []
    const full = each.what === 'make' && which === 'registered' && register?.model ? `${word} ${register.model}` : word
    return [
      <span key={each.what} data-differs={each.differs || undefined}>
        {each.differs && which === 'seen' && <Icon name="close" size={20} title={t('looks.differs')} />}
        {full}
      </span>,
    ]
  }
  const seen = looks.flatMap(said('seen'))
  return (
    <dl className="compare">
      <dt>{t('looks.registered')}</dt>
      <dd>{register ? looks.flatMap(said('registered')) : t('looks.no_register')}</dd>
      <dt>{t('looks.seen')}</dt>
      <dd>{seen.length > 0 ? seen : t('looks.unknown')}</dd>
    </dl>
  )
}
