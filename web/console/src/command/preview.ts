import { type FoundPlace, inWords, minutes, type Recommendation } from '@jedel/ui'
import type { TFunction } from 'i18next'
import { placeOf } from '../desk/actions'
import type { Desk } from '../desk/desk'
import type { Command } from './parse'

/** What Enter will do, in words; empty while the place it needs is not found. */
export function previewOf(command: Command, place: FoundPlace | undefined, desk: Desk, recommendation: Recommendation | undefined, t: TFunction): string {
  const incident = 'incidentId' in command ? desk.incident(command.incidentId) : undefined
  const unit = 'unitId' in command ? desk.unit(command.unitId) : undefined
  const number = incident?.number ?? ''
  const where = incident ? placeOf(incident) : ''
  const sign = unit?.call_sign ?? ''
  switch (command.do) {
    case 'assign': {
      const eta = recommendation?.units.find((each) => each.unit_id === command.unitId)?.eta_s
      const from = unit?.incident_id && unit.incident_id !== incident?.id ? desk.incident(unit.incident_id) : undefined
      const base = t('preview.assign', { unit: sign, status: unit ? t(`status.${unit.status}`) : '', number, where })
      const time = eta !== undefined ? ` · ${minutes(eta)} ${t('unit.min')}` : ''
      return base + time + (from ? ` · ${t('preview.taken_from', { number: from.number })}` : '')
    }
    case 'release':
      return t('preview.release', { unit: sign, number, where })
    case 'status':
      return t('preview.status', { unit: sign, status: t(`status.${command.status}`) })
    case 'note':
      return t('preview.note', { number, text: command.text })
    case 'close':
      return t('preview.close', { number, where, result: t(`result.${command.result}`) })
    case 'priority':
      return t('preview.priority', { number, priority: t(`priority.${command.priority}`) })
    case 'join':
      return t('preview.join', { number, into: desk.incident(command.intoId)?.number ?? '' })
    case 'acknowledge':
      return t('preview.acknowledge', { number, where })
    case 'look_up':
      return t('preview.look_up', { text: command.text })
    case 'cameras':
      return t('preview.cameras', { text: command.text })
    case 'show_unit':
      return t('preview.show_unit', { unit: sign })
    case 'show_place':
      return place ? t('preview.show_place', { place: inWords(place.label) }) : ''
    case 'open':
      return place
        ? t('preview.open', { class: t(`class.${command.class}`), priority: t(`priority.${command.priority}`), place: inWords(place.label) })
        : ''
  }
}
