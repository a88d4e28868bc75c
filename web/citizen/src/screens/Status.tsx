import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { reportStatus, type ReportStatus } from '../api'
import { moment } from '../parts/dates'
import { Field } from '../parts/Field'
import { Go } from '../parts/Go'
import { useAsking } from '../parts/useAsking'
import { type Tone, Verdict } from '../parts/Verdict'

const TONES: Record<ReportStatus['state'], Tone> = { waiting: 'unknown', approved: 'note', refused: 'warning' }

export function Status() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const asking = useAsking<ReportStatus>()
  const found = asking.answer
  if (found) {
    return (
      <>
        <Verdict tone={TONES[found.state]} title={t(`status.${found.state}`)}>
          {found.reason && <p className="why">{t(`why.${found.reason}`)}</p>}
          <p>{t(`status.${found.state}_next`)}</p>
        </Verdict>
        <p className="source">{t('status.sent', { date: moment(found.at) })}</p>
        {found.decided_at && <p className="source">{t('status.decided', { date: moment(found.decided_at) })}</p>}
        <div className="actions">
          <a className="plain" href="#/">
            {t('page.home')}
          </a>
        </div>
      </>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void asking.ask((progress) => reportStatus(typed, progress))
      }}
    >
      <h1>{t('status.title')}</h1>
      <Field
        big
        required
        autoFocus
        label={t('status.label')}
        hint={t('status.hint')}
        fault={asking.fault}
        value={typed}
        maxLength={24}
        inputMode="numeric"
        change={(text) => {
          setTyped(text)
          asking.clearFault()
        }}
      />
      <Go label={t('status.check')} busy={asking.busy} working={asking.working} />
    </form>
  )
}
