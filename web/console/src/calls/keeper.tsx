/**
 * Holds the conversation while the officer looks at other things: his microphone is open for the call that he
 * answered, on whatever page and after a reload, and the person's voice is heard until the call ends.
 */
import { newId, problemText } from '@jedel/ui'
import { type Talk, useMicrophone, useTalkLink } from '@jedel/ui/talk'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../desk/context'
import { type Call, useCalls } from './types'

interface Conversation {
  /** The call that this officer has. */
  mine: Call | null
  muted: boolean
  setMuted: (muted: boolean) => void
  /** The microphone cannot be had. */
  dumb: boolean
  /** His voice reaches the centre. */
  heard: boolean
  /** Picture and sound of a call, where it is his or its card is open. */
  of: (call: Call) => Talk
  answer: (call: Call) => Promise<void>
  end: (call: Call) => Promise<void>
  say: (call: Call, line: { code: string } | { text: string }) => Promise<boolean>
}

const Context = createContext<Conversation | null>(null)
const NOTHING: Talk = { up: false, refused: null, stream: null }

export function useConversation(): Conversation {
  const conversation = useContext(Context)
  if (!conversation) throw new Error('no conversation: this part stands inside CallKeeper')
  return conversation
}

/** Why somebody looks stands beside the look: a call that is no trial is watched as soon as its incident is there. */
function live(call: Call | null): string | null {
  if (!call?.camera_id || !(call.test || call.incident_id)) return null
  return `/api/cameras/${call.camera_id}/live?stream=main${call.incident_id ? `&incident=${call.incident_id}` : ''}`
}

export function CallKeeper({ children }: { children: ReactNode }) {
  const desk = useDesk()
  const { t } = useTranslation()
  const calls = useCalls()
  const [muted, setMuted] = useState(false)
  const opened = useScreen((screen) => screen.incidentId)
  const mine = calls.find((call) => call.answered_by === desk.me.id) ?? null
  const others = calls.filter((call) => call !== mine)
  // the picture of whoever rings is fetched before a card is open: it is there when the officer looks
  const shown = others.find((call) => opened !== null && call.incident_id === opened) ?? others.find((call) => !call.answered_by) ?? null
  const microphone = useMicrophone(mine !== null)
  const voice = useTalkLink(mine ? `/api/calls/${mine.id}/voice` : null, { send: microphone.stream })
  // who answers keeps the connection by which he has been looking
  const first = mine ?? shown
  const second = mine ? shown : null
  const firstLink = useTalkLink(live(first), { receives: 'both' })
  const secondLink = useTalkLink(live(second), { receives: 'both' })

  // an incident that was there before opens no card of its own; who rings in it must be seen all the same
  const ringing = mine ? undefined : calls.find((call) => !call.answered_by && call.incident_id)?.incident_id
  useEffect(() => {
    if (ringing) desk.openByItself(ringing)
  }, [desk, ringing])

  const mineId = mine?.id
  useEffect(() => setMuted(false), [mineId])
  useEffect(() => {
    for (const track of microphone.stream?.getAudioTracks() ?? []) track.enabled = !muted
  }, [microphone.stream, muted])

  const value = useMemo<Conversation>(() => {
    const send = async (path: string, body: object): Promise<boolean> => {
      try {
        await desk.client.post(path, { id: newId(), ...body })
        return true
      } catch (error) {
        desk.notify('refused', problemText(error, t))
        return false
      }
    }
    return {
      mine,
      muted,
      setMuted,
      dumb: microphone.failed,
      heard: voice.up && !muted,
      of: (call) => (call.id === first?.id ? firstLink : call.id === second?.id ? secondLink : NOTHING),
      answer: async (call) => {
        const instead = call.answered_by && call.answered_by !== desk.me.id ? { instead_of: call.answered_by } : {}
        await send(`/api/calls/${call.id}/answer`, instead)
      },
      end: async (call) => void (await send(`/api/calls/${call.id}/end`, {})),
      say: (call, line) => send(`/api/calls/${call.id}/text`, line),
    }
  }, [desk, t, mine, muted, microphone.failed, voice.up, first, second, firstLink, secondLink])

  useKeys(calls, opened, value)
  return (
    <Context value={value}>
      {children}
      <Sound stream={mine ? firstLink.stream : null} />
    </Context>
  )
}

function Sound({ stream }: { stream: MediaStream | null }) {
  const audio = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    if (!audio.current) return
    audio.current.srcObject = stream
    // refused where nobody has touched the page since it was loaded: the first touch is the answer itself
    if (stream) audio.current.play().catch(() => undefined)
  }, [stream])
  return <audio ref={audio} data-call-sound />
}

/** T answers, or takes the first that rings; M mutes; X ends. By the key's place, in every layout. */
function useKeys(calls: Call[], opened: string | null, talk: Conversation): void {
  const desk = useDesk()
  const now = useRef({ calls, opened, talk })
  now.current = { calls, opened, talk }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]')) return
      if (!desk.mayDispatch) return
      const { calls, opened, talk } = now.current
      if (event.code === 'KeyT') {
        const call = calls.find((each) => each.incident_id === opened && !each.answered_by) ?? calls.find((each) => !each.answered_by)
        if (!call) return
        event.preventDefault()
        if (call.incident_id && call.incident_id !== opened) desk.open(call.incident_id)
        void talk.answer(call)
      } else if (event.code === 'KeyM' && talk.mine) {
        event.preventDefault()
        talk.setMuted(!talk.muted)
      } else if (event.code === 'KeyX' && talk.mine) {
        event.preventDefault()
        void talk.end(talk.mine)
      }
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [desk])
}
