import { type Language, useCollection } from '@jedel/ui'
import { useDesk } from '../desk/context'

export interface CallLine {
  id: string
  nth: number
  at: string
  side: 'post' | 'desk'
  code: string | null
  text: string | null
}

/** As the live collection `calls` has it. */
export interface Call {
  id: string
  device_id: string
  device_name: string
  camera_id: string | null
  alarm_id: string | null
  incident_id: string | null
  state: 'ringing' | 'answered' | 'lost' | 'ended'
  test: boolean
  language: Language
  rang_at: string
  answered_at: string | null
  answered_by: string | null
  answered_name: string | null
  lost_at: string | null
  lines: CallLine[]
}

export const useCalls = (): Call[] => useCollection<Call>(useDesk().feed, 'calls')

/** What an officer sends with one touch; the post shows it in the person's language. */
export const SENTENCES = [
  'police_hear_you', 'what_happened', 'are_you_hurt', 'are_you_safe', 'patrol_on_way', 'stay_here', 'go_to_people', 'how_many', 'armed', 'show_yes_no',
] as const
