import { useEffect } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { Actions } from '../desk/actions'
import { useDesk } from '../desk/context'
import type { Desk } from '../desk/desk'
import { placeFound, placeOfIncident } from '../desk/place'
import { queueRows } from '../queue/order'
import type { Alarm, Incident } from '@jedel/ui'
import { ROOMS } from './rooms'

export const COMMAND_LINE_ID = 'command-line'

/** At once, not with the next frame: the letter that a quick hand types right after the key must find the line. */
export function toCommandLine(desk: Desk, text?: string): void {
  flushSync(() => desk.screen.set(text === undefined ? { room: 'dispatch' } : { room: 'dispatch', command: text }))
  const input = document.getElementById(COMMAND_LINE_ID) as HTMLInputElement | null
  input?.focus()
  input?.setSelectionRange(input.value.length, input.value.length)
}

/**
 * The keys of the whole console. They go by the key's place (`code`), not by its letter, so that they
 * work in the Kazakh, Russian and English layout alike.
 */
export function useKeys(): void {
  const desk = useDesk()
  const { t } = useTranslation()
  useEffect(() => {
    const actions = new Actions(desk, t)
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      if (event.key === 'F2') {
        event.preventDefault()
        return toCommandLine(desk)
      }
      if (event.key === 'F4' && !event.altKey && !event.ctrlKey) {
        event.preventDefault()
        return desk.lookUp()
      }
      if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
        const room = ROOMS[Number(event.code.slice(5)) - 1]
        if (!room) return
        event.preventDefault()
        return desk.screen.set({ room: room.room })
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape') return escape(desk)
      if (inField(event.target)) return
      if (single(desk, actions, event)) event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [desk, t])
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || !!target.closest('[role="dialog"], [role="menu"], [role="listbox"]')
}

/** Keys that work when nothing is being typed; true when the key was one of them. */
function single(desk: Desk, actions: Actions, event: KeyboardEvent): boolean {
  const now = desk.screen.get()
  const inDispatch = now.room === 'dispatch'
  if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) {
    desk.screen.set({ help: true })
    return true
  }
  if (event.key === '/' || event.code === 'Slash') {
    toCommandLine(desk)
    return true
  }
  if (event.shiftKey) return false
  const incident = desk.incident(now.incidentId)
  switch (event.code) {
    case 'KeyQ':
      acknowledge(desk, actions)
      return true
    case 'KeyZ':
      now.notices.findLast((notice) => notice.undo)?.undo?.run()
      return true
    case 'KeyO':
      desk.screen.set({ room: 'dispatch', draft: { class: 'call', priority: 'routine', place: null } })
      return true
    case 'KeyU':
      desk.screen.set({ panel: now.panel === 'units' ? null : 'units' })
      return inDispatch
    case 'KeyV':
      desk.screen.set({ camerasOnMap: !now.camerasOnMap })
      return inDispatch
    case 'KeyE': {
      const place = now.found && !now.peek ? placeFound(now.found) : incident && placeOfIncident(incident)
      if (inDispatch && place) desk.lookAt(place)
      return inDispatch && !!place
    }
    case 'KeyL':
      desk.screen.set({ panel: now.panel === 'alarms' ? null : 'alarms' })
      return inDispatch
    case 'KeyG':
      next(desk, 1, true)
      return true
    case 'KeyJ':
    case 'ArrowDown':
      if (event.code === 'ArrowDown' && event.target instanceof HTMLElement && event.target.closest('.maplibregl-map')) return false
      next(desk, 1)
      return true
    case 'KeyK':
    case 'ArrowUp':
      if (event.code === 'ArrowUp' && event.target instanceof HTMLElement && event.target.closest('.maplibregl-map')) return false
      next(desk, -1)
      return true
    case 'KeyN':
      if (incident) toCommandLine(desk, `n ${incident.number} `)
      return !!incident
    case 'KeyC':
      if (incident) toCommandLine(desk, `c ${incident.number} `)
      return !!incident
    case 'KeyP':
      if (incident) toCommandLine(desk, `p ${incident.number} `)
      return !!incident
    case 'KeyF':
      if (!inDispatch || !now.peek || now.peek.kind !== 'unit') return false
      desk.screen.set({ following: now.following ? null : now.peek.id })
      return true
  }
  return false
}

/** The gravest unanswered alarm first: that of the open card, else the top of the queue, else the troubles. */
function acknowledge(desk: Desk, actions: Actions): void {
  const collections = desk.feed.picture.collections
  const alarms = Array.from(collections['alarms']?.values() ?? []) as Alarm[]
  const incidents = Array.from(collections['incidents']?.values() ?? []) as Incident[]
  const inHand = desk.incident(desk.screen.get().incidentId)
  if (inHand && desk.alarmsOf(inHand).some((alarm) => alarm.state === 'open')) return void actions.acknowledge(inHand)
  for (const row of queueRows(incidents, alarms)) {
    if (row.kind === 'alarm') return void actions.acknowledgeAlarm(row.alarm.id)
    if (row.kind === 'incident' && row.item.unanswered.length > 0) {
      desk.open(row.item.incident.id)
      return void actions.acknowledge(row.item.incident)
    }
  }
  const silent = (Array.from(collections['devices']?.values() ?? []) as { id: string; available: boolean }[]).filter((each) => !each.available)
  desk.screen.set({ heardTroubles: new Set([...silent.map((each) => each.id), ...(desk.feed.link.is === 'lost' ? ['link'] : [])]) })
}

/** The next incident of the queue, or the next that waits. */
function next(desk: Desk, step: 1 | -1, waitingOnly = false): void {
  const collections = desk.feed.picture.collections
  const rows = queueRows(
    Array.from(collections['incidents']?.values() ?? []) as Incident[],
    Array.from(collections['alarms']?.values() ?? []) as Alarm[],
  )
  const items = rows.flatMap((row) => (row.kind === 'incident' && (!waitingOnly || row.item.waiting) ? [row.item.incident.id] : []))
  if (items.length === 0) return
  const at = items.indexOf(desk.screen.get().incidentId ?? '')
  const to = at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length
  desk.open(items[to]!)
}

/** One thing at a time, the topmost first. */
function escape(desk: Desk): void {
  const now = desk.screen.get()
  if (document.activeElement instanceof HTMLInputElement && document.activeElement.id !== COMMAND_LINE_ID) document.activeElement.blur()
  if (now.help) desk.screen.set({ help: false })
  else if (now.picking) desk.screen.set({ picking: null, drawn: [] })
  else if (now.draft) desk.screen.set({ draft: null })
  else if (now.following) desk.screen.set({ following: null })
  else if (now.peek) desk.screen.set({ peek: null })
  else if (now.found) desk.screen.set({ found: null })
  else if (now.panel) desk.screen.set({ panel: null })
  else if (now.incidentId) desk.screen.set({ incidentId: null })
}
