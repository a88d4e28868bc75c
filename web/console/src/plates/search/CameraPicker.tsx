import { Icon } from '@jedel/ui'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import shared from '../plates.module.css'
import css from './search.module.css'
import type { PlateCamera } from '../types'

interface Props {
  label: string
  /** What it means that none is chosen. */
  none: string
  cameras: PlateCamera[]
  chosen: number[]
  onChange: (chosen: number[]) => void
}

const OFFERED = 6

/** Cameras by name, road or number; the chosen ones stay as chips. */
export function CameraPicker({ label, none, cameras, chosen, onChange }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  const query = typed.trim().toLowerCase()
  const found = cameras.filter((each) => !chosen.includes(each.number) && (!query || `${each.number} ${each.name} ${each.road}`.toLowerCase().includes(query))).slice(0, OFFERED)
  const take = (number: number): void => {
    onChange([...chosen, number])
    setTyped('')
    setOpen(false)
  }
  const type = (text: string): void => {
    setTyped(text)
    setOpen(true)
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && query && found[0]) {
      event.preventDefault()
      take(found[0].number)
    } else if (event.key === 'Backspace' && typed === '') onChange(chosen.slice(0, -1))
    else if (event.key === 'Escape') setOpen(false)
  }
  return (
    <div className={css.picker} onFocus={() => setOpen(true)} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <label>
        {label}
        <input value={typed} maxLength={60} autoComplete="off" placeholder={chosen.length === 0 ? none : t('psearch.add_camera')} onChange={(event) => type(event.target.value)} onKeyDown={press} />
      </label>
      {chosen.length > 0 && (
        <div className={shared.chips}>
          {chosen.map((number) => (
            <button key={number} type="button" onClick={() => onChange(chosen.filter((each) => each !== number))}>
              {cameras.find((each) => each.number === number)?.name ?? `№ ${number}`} <Icon name="close" size={12} title={t('action.dismiss')} />
            </button>
          ))}
        </div>
      )}
      {open && found.length > 0 && (
        <ul className={shared.offers}>
          {found.map((each) => (
            <li key={each.id}>
              <button type="button" onClick={() => take(each.number)}>
                <strong>{each.name}</strong> <span className={shared.dim}>№ {each.number}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
