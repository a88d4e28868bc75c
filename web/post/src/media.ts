/** Picture and sound of the conversation: the person's to the officer, the officer's voice back. */
import { useMicrophone, useTalkLink } from '@jedel/ui/talk'

import type { Api } from './api'

const CAMERA: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 }, facingMode: 'user' }

export interface Talk {
  own: MediaStream | null
  officer: MediaStream | null
  /** Neither camera nor microphone could be had. */
  failed: boolean
  up: boolean
}

/** `wanted`: from the press on, so that the picture is there as soon as the call is. */
export function useTalk(api: Api, call: string | null, wanted: boolean, answered: boolean): Talk {
  const taken = useMicrophone(wanted, CAMERA)
  const sent = useTalkLink(wanted ? '/api/media/publish' : null, { bearer: api.bearer, send: taken.stream })
  const heard = useTalkLink(call && answered ? `/api/calls/${call}/listen` : null, { bearer: api.bearer, receives: 'sound' })
  return { own: taken.stream, officer: heard.stream, failed: taken.failed, up: sent.up }
}
