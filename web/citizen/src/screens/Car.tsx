import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type CarHistory, checkCar } from '../api'
import { asPlate, plateOrVin } from '../numbers'
import { Field } from '../parts/Field'
import { Go } from '../parts/Go'
import { useAsking } from '../parts/useAsking'
import { CarResult } from './CarResult'

export function Car() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const asking = useAsking<CarHistory>()
  if (asking.answer) {
    const again = (): void => {
      setTyped('')
      asking.again()
    }
    return <CarResult found={asking.answer} again={again} />
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void asking.ask((progress) => checkCar(plateOrVin(typed), progress))
      }}
    >
      <h1>{t('car.title')}</h1>
      <Field
        big
        required
        autoFocus
        label={t('car.label')}
        hint={t('car.hint')}
        fault={asking.fault}
        value={typed}
        maxLength={24}
        autoCapitalize="characters"
        enterKeyHint="search"
        change={(text) => {
          setTyped(asPlate(text))
          asking.clearFault()
        }}
      />
      <Go label={t('car.check')} busy={asking.busy} working={asking.working} />
    </form>
  )
}
