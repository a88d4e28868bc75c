import { useTranslation } from 'react-i18next'

import { ago, day } from './dates'

/** Who says so, and how old it is. */
export function Source({ source, asOf, at }: { source: string; asOf: string; at: string }) {
  const { t } = useTranslation()
  const named = source === 'citizen report' ? t('phone.citizen_report') : source
  return <p className="source">{t('fact.source', { source: named, date: day(asOf), ago: ago(asOf, at) })}</p>
}
