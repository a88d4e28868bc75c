import { Icon, UnitIcon } from '@jedel/ui'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import type { Unit } from '../work/types'

const CREW_MAX = 8

export function OffShift({ unit }: { unit: Unit }) {
  const { t } = useTranslation()
  const [tablet] = useTablet()
  const [crew, setCrew] = useState(unit.crew)
  const [name, setName] = useState('')
  const said = name.trim() ? [...crew, name.trim()] : crew

  const add = (event: FormEvent): void => {
    event.preventDefault()
    if (!name.trim() || crew.length >= CREW_MAX) return
    setCrew([...crew, name.trim()])
    setName('')
  }

  return (
    <div className="body centred">
      <div className="sheet low">
        <UnitIcon status="off_shift" size={56} />
        <h1>{t('shift.off')}</h1>
        <p className="hint">{t('shift.off_hint')}</p>
        <h2>{t('shift.crew')}</h2>
        <ul className="crew">
          {crew.map((each, index) => (
            <li key={each + String(index)}>
              <span>{each}</span>
              <button
                type="button"
                className="square"
                aria-label={t('shift.remove', { name: each })}
                onClick={() => setCrew(crew.filter((_, other) => other !== index))}
              >
                <Icon name="close" size={24} />
              </button>
            </li>
          ))}
        </ul>
        <form className="add" onSubmit={add}>
          <label className="field">
            <span className="j-visually-hidden">{t('shift.name')}</span>
            <input
              value={name}
              placeholder={t('shift.name')}
              maxLength={80}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button className="second" disabled={!name.trim() || crew.length >= CREW_MAX}>
            {t('shift.add')}
          </button>
        </form>
        <button
          type="button"
          className="action"
          disabled={said.length === 0}
          onClick={() => void tablet.startShift(said)}
        >
          {t('shift.start')}
        </button>
      </div>
    </div>
  )
}
