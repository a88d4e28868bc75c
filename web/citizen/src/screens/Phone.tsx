import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { checkPhone, type PhoneAnswer } from '../api'
import { imeiGroups } from '../numbers'
import { day, moment } from '../parts/dates'
import { Field } from '../parts/Field'
import { Go } from '../parts/Go'
import { Source } from '../parts/Source'
import { useAsking } from '../parts/useAsking'
import { type Tone, Verdict } from '../parts/Verdict'

const TONES: Record<PhoneAnswer['state'], Tone> = {
  clear: 'note', reported_lost: 'warning', reported_stolen: 'danger', unavailable: 'unavailable',
}

export function Phone() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const asking = useAsking<PhoneAnswer>()
  if (asking.answer) {
    const again = (): void => {
      setTyped('')
      asking.again()
    }
    return <Result found={asking.answer} again={again} />
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void asking.ask((progress) => checkPhone(typed, progress))
      }}
    >
      <h1>{t('phone.title')}</h1>
      <Field
        big
        required
        autoFocus
        label={t('phone.label')}
        hint={t('phone.hint')}
        fault={asking.fault}
        value={typed}
        maxLength={24}
        inputMode="numeric"
        enterKeyHint="search"
        change={(text) => {
          setTyped(text)
          asking.clearFault()
        }}
      />
      <Go label={t('phone.check')} busy={asking.busy} working={asking.working} />
      <section className="help" aria-labelledby="where">
        <h2 id="where">{t('phone.where')}</h2>
        <ul>
          <li>{t('phone.where_dial')}</li>
          <li>{t('phone.where_settings')}</li>
          <li>{t('phone.where_box')}</li>
          <li>{t('phone.where_two')}</li>
        </ul>
      </section>
    </form>
  )
}

function Result({ found, again }: { found: PhoneAnswer; again: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Verdict tone={TONES[found.state]} title={t(`phone.${found.state}`)}>
        <p>{t(`phone.${found.state}_next`)}</p>
      </Verdict>
      <p className="asked">
        IMEI <strong>{imeiGroups(found.imei)}</strong>
      </p>
      {found.software && <p className="explained">{t('phone.software', { software: found.software, imei: imeiGroups(found.imei) })}</p>}
      {found.since && <p>{t('phone.since', { date: day(found.since) })}</p>}
      {found.source && found.as_of && <Source source={found.source} asOf={found.as_of} at={found.checked_at} />}
      <p className="source">{t('fact.checked', { date: moment(found.checked_at) })}</p>
      <div className="actions">
        <button type="button" className="primary" onClick={again}>
          {t('phone.again')}
        </button>
        {found.state === 'clear' && (
          <a className="plain" href="#/report">
            {t('phone.report')}
          </a>
        )}
        <button type="button" onClick={() => print()}>
          {t('page.print')}
        </button>
      </div>
    </>
  )
}
