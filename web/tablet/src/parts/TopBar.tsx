import { Icon, UnitIcon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import { useSecond, useTablet } from '../hooks/tablet'
import { Preferences } from './Preferences'

export function TopBar() {
  const { t } = useTranslation()
  const [, view] = useTablet()
  const now = new Date(useSecond())
  const { unit, link } = view
  return (
    <header className="top">
      {unit && (
        <div className="top-unit">
          <strong>{unit.call_sign}</strong>
          <UnitIcon status={unit.status} size={28} />
          <span className="top-status">{t(`status.${unit.status}`)}</span>
        </div>
      )}
      <div className="top-right">
        {!link.up && <Icon name="unlink" size={24} title={t('status.unavailable')} />}
        <time className="top-clock">{now.toTimeString().slice(0, 5)}</time>
        <Preferences />
      </div>
    </header>
  )
}
