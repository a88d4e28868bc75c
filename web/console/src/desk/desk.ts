import {
  type Alarm, type Client, type EventMessage, type FoundPlace, type Incident, type IncidentClass, LiveFeed, makeClient, type Me, Positions,
  type Priority, type Sounds, type Unit,
} from '@jedel/ui'
import type { QueryClient } from '@tanstack/react-query'
import type { Follow } from '../cameras/follow/ahead'
import type { LookedAt } from '../cameras/place/looking'
import { hearAhead } from '../cameras/school/ahead'
import type { Opening } from '../cameras/types'
import { Refresher } from './refresher'
import { Cell } from './store'

export type Room = 'dispatch' | 'devices' | 'history' | 'lookups' | 'reports' | 'plates' | 'cameras'
export type CamerasTab = 'wall' | 'archive' | 'health' | 'registry'
export type Panel = 'units' | 'alarms'

export interface Notice {
  id: number
  tone: 'done' | 'refused' | 'news'
  text: string
  /** What the one button of the notice does, e.g. takes an assignment back. */
  undo?: { label: string; run: () => void }
}

export interface Draft {
  class: IncidentClass
  priority: Priority
  place: { lon: number; lat: number; label: string } | null
  /** What is known already, to be read and changed. */
  note?: string
}

export interface Screen {
  room: Room
  /** The incident whose card is open. */
  incidentId: string | null
  /** The unit or device that is looked at without an incident. */
  peek: { kind: 'unit' | 'device'; id: string } | null
  panel: Panel | null
  /** The unit that the pointer or the focus is on in a list; the map rings it and shows its way. */
  lookedAt: string | null
  /** The map stays on this unit until Esc. */
  following: string | null
  /** A place that was looked for. */
  found: FoundPlace | null
  draft: Draft | null
  /** What the next click on the map gives. */
  picking: 'incident' | 'closure' | null
  /** The line of a closure being drawn. */
  drawn: [number, number][]
  /** What the look-up room is called for: an incident, a number typed elsewhere. */
  lookUp: { incident: Incident | null; text: string } | null
  /** The alert whose card is open in the room of plates. */
  alertId: string | null
  camerasTab: CamerasTab
  /** The opening whose cameras fill the room of cameras. */
  wallOf: string | null
  /** The saved wall that is shown. */
  wallId: string | null
  /** Openings whose cameras the officer put away; the next alarm's come all the same. */
  wallsAway: ReadonlySet<string>
  /** Whose way the wall follows. */
  followWall: Follow | null
  /** The place whose cameras fill the wall. */
  wallAt: LookedAt | null
  /** What cameras are looked for, as the command line said. */
  camerasQuery: string | null
  /** All cameras are on the map. */
  camerasOnMap: boolean
  help: boolean
  command: string
  notices: Notice[]
  /** Troubles (device ids, or "link") whose sound was answered; their signs stay. */
  heardTroubles: ReadonlySet<string>
}

const FIRST: Screen = {
  room: 'dispatch', incidentId: null, peek: null, panel: null, lookedAt: null, following: null, found: null, draft: null, picking: null, drawn: [],
  lookUp: null, alertId: null, camerasTab: 'wall', wallOf: null, wallId: null, wallsAway: new Set(), followWall: null, wallAt: null, camerasQuery: null, camerasOnMap: false, help: false, command: '', notices: [], heardTroubles: new Set(),
}

const AT_WORK_MS = 2_000
const FRESH_MS = 1_200

/** What the map can be told from elsewhere; set by the map when it is there. */
export interface MapHandle {
  show(lon: number, lat: number, zoom?: number): void
  showBoth(a: [number, number], b: [number, number]): void
}

/** The session rests after half an hour without a hand on the desk; so often the centre hears of one. */
const SEEN_EVERY_MS = 60_000

/** Everything that one signed-in desk shares: made at sign-in, gone at sign-out. */
export class Desk {
  readonly screen = new Cell<Screen>(FIRST)
  readonly positions = new Positions()
  readonly feed: LiveFeed
  private readonly refresher: Refresher
  readonly client: Client
  map: MapHandle | null = null
  private nextNotice = 1
  private lastInputAt = 0
  private seenAt = 0
  private openedItselfAt = 0

  constructor(
    readonly me: Me,
    readonly sounds: Sounds,
    queries: QueryClient,
    readonly onSignedOut: () => void,
  ) {
    this.refresher = new Refresher(queries)
    this.client = makeClient({ onUnauthenticated: onSignedOut })
    this.feed = new LiveFeed({
      path: '/api/live',
      onEvent: (event) => this.heard(event),
      onPositions: (positions) => this.positions.take(positions),
      onUnauthenticated: onSignedOut,
    })
  }

  /** Operators take calls and open incidents; duty officers and supervisors send units. */
  get mayDispatch(): boolean {
    return this.me.role === 'duty_officer' || this.me.role === 'supervisor'
  }

  incident(id: string | null): Incident | undefined {
    return id ? (this.feed.picture.collections['incidents']?.get(id) as Incident | undefined) : undefined
  }
  unit(id: string | null): Unit | undefined {
    return id ? (this.feed.picture.collections['units']?.get(id) as Unit | undefined) : undefined
  }
  alarmsOf(incident: Incident): Alarm[] {
    const alarms = this.feed.picture.collections['alarms']
    return incident.alarm_ids.flatMap((id) => (alarms?.get(id) as Alarm | undefined) ?? [])
  }

  open(incidentId: string, look = true): void {
    this.screen.set({ room: 'dispatch', incidentId, peek: null, found: null, draft: null, picking: null })
    const incident = this.incident(incidentId)
    if (look && incident) this.map?.show(incident.place.lon, incident.place.lat)
  }

  /** To the look-up room, with the incident whose card is open. */
  lookUp(text = '', incidentId = this.screen.get().incidentId): void {
    this.screen.set({ room: 'lookups', lookUp: { incident: this.incident(incidentId) ?? null, text } })
  }

  openAlert(alertId: string): void {
    this.screen.set({ room: 'plates', alertId })
  }

  /** The wall shows the cameras ahead of a patrol, or of a car with a live alert, until Esc. */
  follow(follow: Follow): void {
    this.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: null, wallAt: null, followWall: follow })
  }

  /** The wall shows the cameras that see a place, until Esc. */
  lookAt(place: LookedAt): void {
    this.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: null, followWall: null, wallAt: place })
  }

  notify(tone: Notice['tone'], text: string, undo?: Notice['undo']): void {
    const id = this.nextNotice++
    this.screen.set((now) => ({ notices: [...now.notices.slice(-2), { id, tone, text, undo }] }))
    setTimeout(() => this.dismiss(id), tone === 'refused' ? 12_000 : 6_000)
  }
  dismiss(id: number): void {
    this.screen.set((now) => ({ notices: now.notices.filter((each) => each.id !== id) }))
  }

  private heard(event: EventMessage): void {
    const openings = [...(this.feed.picture.collections['openings']?.values() ?? [])] as Opening[]
    const { room, wallsAway } = this.screen.get()
    hearAhead(event, { openings, away: wallsAway, shows: this.mayDispatch && room === 'dispatch' })
    const subject = event.subject ?? ''
    const open = this.screen.get().incidentId
    const touched = [...(event.changed?.['incidents'] ?? []).map((each) => each.id), ...(event.gone?.['incidents'] ?? [])]
    if (open && (touched.includes(open) || subject === open)) this.refresher.refresh(['incident', open, 'log'])
    if (open && (touched.includes(open) || event.changed?.['units'])) this.refresher.refresh(['incident', open, 'recommendation'])
    if (event.kind === 'dispatch.incident_opened') this.opened(subject, event)
    // who has just come hears what the others heard before: a card that opened by itself for what is over is put away
    if (event.kind === 'dispatch.closed' && this.screen.get().incidentId === subject) this.screen.set(this.tooFresh ? { following: null, incidentId: null } : { following: null })
  }

  /**
   * A new emergency opens its card by itself, unless the officer is at work this very moment: typing,
   * filling in a form, or with a key or click in the last seconds. Then it waits on top of the queue,
   * with its sound.
   */
  private opened(id: string, event: EventMessage): void {
    const incident = this.incident(id) ?? (event.changed?.['incidents']?.[0] as Incident | undefined)
    if (!incident) return
    if (incident.priority !== 'emergency') {
      if (event.actor !== `account:${this.me.id}`) this.sounds.play('message')
      return
    }
    this.openByItself(incident.id)
  }

  /** The card of something that cannot wait, unless the officer is at work this very moment. */
  openByItself(incidentId: string): void {
    const atWork = isTyping() || this.screen.get().draft !== null || Date.now() - this.lastInputAt < AT_WORK_MS
    if (atWork || this.screen.get().room !== 'dispatch') return
    this.open(incidentId)
    this.openedItselfAt = Date.now()
  }

  /** A card that has just opened by itself takes no digit: it was meant for the card before. */
  get tooFresh(): boolean {
    return Date.now() - this.openedItselfAt < FRESH_MS
  }

  /** Any other key says that the officer has seen the new card. */
  noteInput = (event: Event): void => {
    this.lastInputAt = Date.now()
    if (this.lastInputAt - this.seenAt > SEEN_EVERY_MS) {
      this.seenAt = this.lastInputAt
      void this.client.put('/api/session/seen', undefined).catch(() => undefined)
    }
    if (!(event instanceof KeyboardEvent && /^(Digit|Numpad)\d$/.test(event.code))) this.openedItselfAt = 0
  }
}

/** Whether keys go into a field that holds something. */
export function isTyping(): boolean {
  const active = document.activeElement
  if (active instanceof HTMLTextAreaElement) return active.value !== ''
  if (active instanceof HTMLInputElement) return active.value !== '' && active.type !== 'checkbox' && active.type !== 'radio'
  return active instanceof HTMLElement && active.isContentEditable
}
