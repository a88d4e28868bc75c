import { inWords } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import { othersAtWork, RESULTS, type Result } from '../work/commands'
import type { Incident } from '../work/types'

export function ResultForm({ incident, onBack }: { incident: Incident; onBack: () => void }) {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const [result, setResult] = useState<Result | null>(null)
  const [said, setSaid] = useState('')
  const others = othersAtWork(incident, view.device?.unit_id ?? '')
  return (
    <div className="body centred">
      <div className="sheet low wide">
        <p className="hint">
          {t('job.number', { number: incident.number })} · {inWords(incident.title)}
        </p>
        <h1 id="result-title">{t('result.title')}</h1>
        <div className="choices" role="radiogroup" aria-labelledby="result-title">
          {RESULTS.map((each) => (
            <button
              key={each}
              type="button"
              role="radio"
              aria-checked={result === each}
              className="choice"
              onClick={() => setResult(each)}
            >
              {t(`result.${each}`)}
            </button>
          ))}
        </div>
        <label className="field">
          <span>{t('result.words')}</span>
          <input value={said} maxLength={200} onChange={(event) => setSaid(event.target.value)} />
        </label>
        {others.length > 0 && (
          <p className="hint">{t('result.leaves', { units: others.map((each) => each.call_sign).join(', ') })}</p>
        )}
        <div className="pair">
          <button type="button" className="second" onClick={onBack}>
            {t('app.back')}
          </button>
          <button
            type="button"
            className="action"
            disabled={result === null}
            onClick={() =>
              result && void tablet.finish(result, said.trim() || (others.length > 0 ? t(`result.${result}`) : ''))
            }
          >
            {t(result ? 'result.close' : 'result.choose')}
          </button>
        </div>
      </div>
    </div>
  )
}
