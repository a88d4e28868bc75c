import type { Alarm, Incident, Recommendation, Unit } from '@jedel/ui'
import type { TFunction } from 'i18next'
import type { Scene } from './parse'

export function sceneOf(
  incidents: Incident[], units: Unit[], alarms: Alarm[], currentId: string | null, recommendation: Recommendation | undefined, t: TFunction,
): Scene {
  const open = new Set(alarms.filter((alarm) => alarm.state === 'open').map((alarm) => alarm.id))
  return {
    incidents: incidents.map((each) => ({
      id: each.id,
      number: each.number,
      priority: each.priority,
      unitIds: each.assignments.filter((sent) => sent.status !== 'released').map((sent) => sent.unit_id),
      unanswered: each.alarm_ids.some((id) => open.has(id)),
    })),
    units: units.map((each) => ({ id: each.id, callSign: each.call_sign, status: each.status, silent: each.silent, incidentId: each.incident_id })),
    currentId: incidents.some((each) => each.id === currentId) ? currentId : null,
    recommended: recommendation?.units.map((each) => each.unit_id) ?? [],
    word: (group, value) => t(`${group}.${value}`),
  }
}
