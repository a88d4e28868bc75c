/** Every command the console can send. Each makes its id once, so that a retry cannot do it twice. */
import { type Incident, inWords, newId, problemText, type Unit } from '@jedel/ui'
import type { TFunction } from 'i18next'
import type { Command } from '../command/parse'
import type { SetStatus } from '../command/words'
import type { Desk } from './desk'

const UNDO_ASSIGN = 'z'

export class Actions {
  constructor(
    private readonly desk: Desk,
    private readonly t: TFunction,
  ) {}

  /** Sends a unit; one that is on another incident is taken from there in the same step. */
  async assign(incident: Incident, unit: { id: string; call_sign: string }): Promise<boolean> {
    const elsewhere = this.desk.unit(unit.id)?.incident_id
    const from = elsewhere && elsewhere !== incident.id ? { from_incident: elsewhere } : {}
    const done = await this.send(`/api/incidents/${incident.id}/assign`, { unit_id: unit.id, ...from })
    if (done) {
      this.desk.notify('done', this.t('notice.assigned', { unit: unit.call_sign, number: incident.number }), {
        label: `${this.t('action.undo')} (${UNDO_ASSIGN.toUpperCase()})`,
        run: () => void this.release(incident, unit, this.t('notice.assigned_by_mistake')),
      })
    }
    return done
  }

  async release(incident: Incident, unit: { id: string; call_sign: string }, reason?: string): Promise<boolean> {
    const done = await this.send(`/api/incidents/${incident.id}/release`, { unit_id: unit.id, ...(reason ? { reason } : {}) })
    if (done) this.desk.notify('done', this.t('notice.released', { unit: unit.call_sign, number: incident.number }))
    return done
  }

  progress(incidentId: string, unitId: string, status: 'en_route' | 'on_scene'): Promise<boolean> {
    return this.send(`/api/incidents/${incidentId}/progress`, { unit_id: unitId, status })
  }

  status(unit: Unit, status: SetStatus): Promise<boolean> {
    if ((status === 'en_route' || status === 'on_scene') && unit.incident_id) return this.progress(unit.incident_id, unit.id, status)
    if (status === 'off_shift') return this.send(`/api/units/${unit.id}/shift`, { on: false })
    if (unit.status === 'off_shift') return this.send(`/api/units/${unit.id}/shift`, { on: true })
    return this.send(`/api/units/${unit.id}/status`, { status })
  }

  note(incidentId: string, text: string): Promise<boolean> {
    return this.send(`/api/incidents/${incidentId}/note`, { text })
  }

  async close(incident: Incident, result: string, text: string): Promise<boolean> {
    const done = await this.send(`/api/incidents/${incident.id}/close`, { result, ...(text ? { text } : {}) })
    if (done) {
      this.desk.notify('done', this.t('notice.closed', { number: incident.number, result: this.t(`result.${result}`) }))
      if (this.desk.screen.get().incidentId === incident.id) this.desk.screen.set({ incidentId: null })
    }
    return done
  }

  priority(incidentId: string, priority: string): Promise<boolean> {
    return this.send(`/api/incidents/${incidentId}/priority`, { priority })
  }

  async join(incident: Incident, into: Incident): Promise<boolean> {
    const done = await this.send(`/api/incidents/${incident.id}/join`, { into: into.id })
    if (done) {
      this.desk.notify('done', this.t('notice.joined', { number: incident.number, into: into.number }))
      this.desk.open(into.id)
    }
    return done
  }

  async acknowledge(incident: Incident): Promise<boolean> {
    const open = this.desk.alarmsOf(incident).filter((each) => each.state === 'open')
    const answers = await Promise.all(open.map((alarm) => this.acknowledgeAlarm(alarm.id)))
    return answers.every(Boolean)
  }
  acknowledgeAlarm(alarmId: string): Promise<boolean> {
    return this.send(`/api/alarms/${alarmId}/acknowledge`, {})
  }

  async openIncident(body: { class: string; priority: string; lon: number; lat: number; label?: string; note?: string; caller?: unknown }): Promise<boolean> {
    const id = newId()
    const done = await this.send('/api/incidents', body, id)
    if (!done) return false
    const answer = done as { id?: string; incident?: { id?: string } } | true
    const incidentId = typeof answer === 'object' ? (answer.id ?? answer.incident?.id) : undefined
    this.desk.screen.set({ draft: null, picking: null, found: null })
    if (incidentId) this.desk.open(incidentId)
    return true
  }

  testMode(deviceId: string, on: boolean, minutes: number): Promise<boolean> {
    return this.send(`/api/devices/${deviceId}/test-mode`, on ? { on, minutes } : { on })
  }

  async closeStreet(line: [number, number][], factor: number, note: string, until: string | null): Promise<boolean> {
    const body = { line, factor, ...(note ? { note } : {}), ...(until ? { until } : {}) }
    return this.send('/api/places/closures', body)
  }
  async reopenStreet(closureId: string): Promise<boolean> {
    try {
      await this.desk.client.delete(`/api/places/closures/${closureId}?command=${newId()}`)
      return true
    } catch (error) {
      this.desk.notify('refused', problemText(error, this.t))
      return false
    }
  }

  /** Runs a read command line; false when it was refused (the notice says why) or needs more. */
  async run(command: Command): Promise<boolean> {
    const incident = 'incidentId' in command ? this.desk.incident(command.incidentId) : undefined
    const unit = 'unitId' in command ? this.desk.unit(command.unitId) : undefined
    switch (command.do) {
      case 'assign':
        return !!incident && !!unit && this.assign(incident, unit)
      case 'release':
        return !!incident && !!unit && this.release(incident, unit)
      case 'status':
        return !!unit && this.status(unit, command.status)
      case 'note':
        return !!incident && this.note(incident.id, command.text)
      case 'close':
        return !!incident && this.close(incident, command.result, command.text)
      case 'priority':
        return this.priority(command.incidentId, command.priority)
      case 'join': {
        const into = this.desk.incident(command.intoId)
        return !!incident && !!into && this.join(incident, into)
      }
      case 'acknowledge':
        return !!incident && this.acknowledge(incident)
      case 'look_up':
        this.desk.lookUp(command.text)
        return true
      case 'cameras':
        this.desk.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: null, followWall: null, wallAt: null, camerasQuery: command.text })
        return true
      case 'show_unit': {
        const position = this.desk.positions.get(command.unitId)
        this.desk.screen.set({ peek: { kind: 'unit', id: command.unitId }, following: null })
        if (position) this.desk.map?.show(position[1], position[2])
        return true
      }
      case 'show_place':
      case 'open':
        // These need the chosen place: the command line carries it out with what the search found.
        return false
    }
  }

  /** The answer of the server (or true where it is empty), or false after a notice with the reason. */
  private async send(path: string, body: object, id: string = newId()): Promise<boolean> {
    try {
      const answer = await this.desk.client.post<object | undefined>(path, { id, ...body })
      return (answer ?? true) as boolean
    } catch (error) {
      this.desk.notify('refused', problemText(error, this.t))
      return false
    }
  }
}

export const titleOf = (incident: Incident): string => inWords(incident.title)
export const placeOf = (incident: Incident): string => inWords(incident.place.label)
