import { REFUTED_FOR, sayPlate, type RefutedFor } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import type { AlertView } from '../work/types'

/** Why it is not the car: what is said here keeps the next crew from being sent after the same innocent one. */
export function NotIt({ alert, onBack }: { alert: AlertView; onBack: () => void }) {
  const { t } = useTranslation()
  const [tablet] = useTablet()
  const [reason, setReason] = useState<RefutedFor | null>(null)
  const has = (code: string): boolean => alert.grounds.some((each) => each.code === code)
  const reasons = REFUTED_FOR.filter((each) => (each !== 'insured' || has('uninsured')) && (each !== 'paid' || has('unpaid_fines')))
  return (
    <div className="body centred">
      <div className="sheet low wide">
        <p className="hint">{sayPlate(alert.plate)}</p>
        <h1 id="not-it-title">{t('alert.why_not')}</h1>
        <div className="choices" role="radiogroup" aria-labelledby="not-it-title">
          {reasons.map((each) => (
            <button key={each} type="button" role="radio" aria-checked={reason === each} className="choice" onClick={() => setReason(each)}>
              {t(`refuted_for.${each}`)}
            </button>
          ))}
        </div>
        <p className="hint">{t('alert.not_again')}</p>
        <div className="pair">
          <button type="button" className="second" onClick={onBack}>
            {t('app.back')}
          </button>
          <button type="button" className="action" disabled={reason === null} onClick={() => reason && void tablet.answer(alert, 'refuted', reason)}>
            {t(reason ? 'alert.not_it' : 'alert.choose_why')}
          </button>
        </div>
      </div>
    </div>
  )
}
