import { PriorityIcon, UnitIcon } from '@jedel/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, titleOf } from '../desk/actions'
import { useDesk } from '../desk/context'
import css from './command.module.css'
import type { Suggestion } from './parse'

export function Choice({ id, chosen, onChoose, children }: { id: string; chosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    // The mouse must not take the focus from the line: it would close the list before the click.
    <li id={id} role="option" aria-selected={chosen} className={css.choice} onMouseDown={(event) => { event.preventDefault(); onChoose() }}>
      {children}
    </li>
  )
}

export function SuggestionWords({ suggestion }: { suggestion: Suggestion }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const code = <span className={css.code}>{suggestion.code}</span>
  switch (suggestion.slot) {
    case 'verb':
      return <>{code}<span>{t(`verb.${suggestion.value}`)}</span></>
    case 'incident': {
      const incident = desk.incident(suggestion.value)
      if (!incident) return code
      return <>{code}<PriorityIcon priority={incident.priority} size={16} /><span>{titleOf(incident)}</span><span className={css.detail}>{placeOf(incident)}</span></>
    }
    case 'unit': {
      const unit = desk.unit(suggestion.value)
      if (!unit) return code
      return <>{code}<UnitIcon status={unit.status} size={16} /><span>{t(`status.${unit.status}`)}</span><span className={css.detail}>{unit.crew.join(', ')}</span></>
    }
    case 'priority':
      return <>{code}<span>{t(`priority.${suggestion.value}`)}</span></>
    case 'status':
      return <>{code}<span>{t(`status.${suggestion.value}`)}</span></>
    case 'result':
      return <>{code}<span>{t(`result.${suggestion.value}`)}</span></>
    case 'class':
      return <>{code}<span>{t(`class.${suggestion.value}`)}</span></>
    default:
      return code
  }
}
