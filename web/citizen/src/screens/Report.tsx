import { currentLanguage } from '@jedel/ui/i18n'
import { newId } from '@jedel/ui/ids'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { checkPhone, type NewReport, type PhoneAnswer, type Regions, regions, sendReport } from '../api'
import { sayable } from '../numbers'
import { Field } from '../parts/Field'
import { Go } from '../parts/Go'
import { useAsking } from '../parts/useAsking'
import { Verdict } from '../parts/Verdict'

const STEPS = 3

function today(): string {
  const now = new Date()
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** One's own phone, in three small steps: what, where, who. Nothing is kept in the browser. */
export function Report() {
  const { t } = useTranslation()
  const [step, setStep] = useState(1)
  const [known, setKnown] = useState<Regions>({})
  const [said, setSaid] = useState<NewReport>({
    id: newId(), region: '', imei: '', state: 'stolen', happened_on: today(), place: '', name: '', contact: '',
  })
  const asking = useAsking<{ receipt: string; at: string }>()
  const checking = useAsking<PhoneAnswer>()
  const heading = useRef<HTMLHeadingElement>(null)
  const change = (own: Partial<NewReport>): void => {
    // another text is another report
    setSaid((before) => ({ ...before, ...own, id: newId() }))
    asking.clearFault()
    checking.clearFault()
  }
  useEffect(() => {
    regions().then(
      (found) => {
        setKnown(found)
        setSaid((before) => ({ ...before, region: before.region || (Object.keys(found)[0] ?? '') }))
      },
      () => setKnown({}),
    )
  }, [])
  useEffect(() => {
    if (step > 1) heading.current?.focus()
  }, [step])

  const receipt = asking.answer?.receipt
  if (receipt) return <Received receipt={receipt} />
  const next = async (): Promise<void> => {
    // what is wrong with the number is said where it is typed
    if (step === 1 && !(await checking.ask((progress) => checkPhone(said.imei, progress)))) return
    if (step < STEPS) setStep(step + 1)
    else void asking.ask((progress) => sendReport(said, progress))
  }
  const busy = asking.busy || checking.busy
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void next()
      }}
    >
      <p className="step">{t('report.step', { step, of: STEPS })}</p>
      <h1 ref={heading} tabIndex={-1}>
        {t('report.title')}
      </h1>
      {step === 1 && (
        <>
          <fieldset>
            <legend>{t('report.what')}</legend>
            {(['stolen', 'lost'] as const).map((each) => (
              <label key={each} className="choice small">
                <input type="radio" name="state" checked={said.state === each} onChange={() => change({ state: each })} />
                {t(`report.${each}`)}
              </label>
            ))}
          </fieldset>
          <Field
            big
            required
            label={t('phone.label')}
            hint={t('report.imei_hint')}
            fault={checking.fault}
            value={said.imei}
            maxLength={24}
            inputMode="numeric"
            change={(imei) => change({ imei })}
          />
          <p className="hint">{t('report.urgent')}</p>
        </>
      )}
      {step === 2 && (
        <>
          <Field required type="date" label={t('report.when')} value={said.happened_on} max={today()} change={(happened_on) => change({ happened_on })} />
          <Field required label={t('report.where')} hint={t('report.where_hint')} value={said.place} maxLength={200} change={(place) => change({ place })} />
          {Object.keys(known).length > 1 && (
            <div className="field">
              <label htmlFor="region">{t('report.region')}</label>
              <select id="region" value={said.region} onChange={(event) => change({ region: event.target.value })}>
                {Object.entries(known).map(([code, words]) => (
                  <option key={code} value={code}>
                    {words[currentLanguage()]}
                  </option>
                ))}
              </select>
            </div>
          )}
        </>
      )}
      {step === 3 && (
        <>
          <Field required label={t('report.name')} autoComplete="name" value={said.name} maxLength={200} change={(name) => change({ name })} />
          <Field
            required
            label={t('report.contact')}
            hint={t('report.contact_hint')}
            minLength={5}
            value={said.contact}
            maxLength={200}
            change={(contact) => change({ contact })}
          />
          <p className="hint">{t('report.kept')}</p>
        </>
      )}
      <Go
        label={t(step < STEPS ? 'report.next' : 'report.send')}
        busy={busy}
        working={asking.working ?? checking.working}
        fault={asking.fault}
      />
    </form>
  )
}

function Received({ receipt }: { receipt: string }) {
  const { t } = useTranslation()
  return (
    <>
      <Verdict tone="note" title={t('receipt.title')}>
        <p>{t('receipt.then')}</p>
      </Verdict>
      <p className="receipt">
        <span>{t('receipt.number')}</span>
        <strong data-receipt>{sayable(receipt)}</strong>
      </p>
      <p>{t('receipt.keep')}</p>
      <p>{t('receipt.also')}</p>
      <div className="actions">
        <button type="button" className="primary" onClick={() => print()}>
          {t('page.print')}
        </button>
        <a className="plain" href="#/">
          {t('page.home')}
        </a>
      </div>
    </>
  )
}
