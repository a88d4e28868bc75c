import { type FoundPlace, type Incident, inWords } from '@jedel/ui'
import type { LookedAt } from '../cameras/place/looking'

/** A place that is called the same in every language: a camera's name, a pair of figures. */
export function placeNamed(label: string, lon: number, lat: number, kind: 'camera' | 'point'): FoundPlace {
  return { kind, label: { kk: label, ru: label, en: label }, detail: null, lon, lat, score: 1 }
}

/** A place that was found, to be looked at. */
export const placeFound = ({ lon, lat, label }: FoundPlace): LookedAt => ({ lon, lat, label: inWords(label) })

/** Where an incident is, to be looked at for it; null: nobody knows. */
export function placeOfIncident(incident: Incident): LookedAt | null {
  const { lon, lat, label, known } = incident.place
  if (!known) return null
  return { lon, lat, label: `№ ${incident.number} · ${inWords(label)}`, incident: incident.id }
}
