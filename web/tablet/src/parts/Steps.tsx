import { useTranslation } from 'react-i18next'

import type { Step } from '../work/types'

const STEPS: Step[] = ['assigned', 'en_route', 'on_scene']

/** How far the crew has come, readable at arm's length. */
export function Steps({ status }: { status: Step }) {
  const { t } = useTranslation()
  const at = STEPS.indexOf(status)
  return (
    <ol className="steps" aria-label={t('job.steps')}>
      {STEPS.map((each, index) => (
        <li key={each} aria-current={index === at ? 'step' : undefined} data-done={index <= at}>
          {t(`status.${each}`)}
        </li>
      ))}
    </ol>
  )
}
