import { type Device, elapsed, Icon, moment, PlaceIcon, type PlaceGlyph, type Unit, UnitIcon, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import type { SetStatus } from '../command/words'
import { STATUS_CODES } from '../command/words'
import { titleOf } from '../desk/actions'
import { useDesk, useDevices, useScreen, useUnits } from '../desk/context'
import { useActions } from '../desk/useActions'
import { TestMode } from '../devices/TestMode'
import { Carried } from './Carried'
import { FoundPeek } from './FoundPeek'
import css from './map.module.css'

/** A unit, a device or a place looked at by itself, small, at the map's corner. */
export function Peek() {
  const found = useScreen((screen) => screen.found)
  const peek = useScreen((screen) => screen.peek)
  const unit = useUnits().find((each) => peek?.kind === 'unit' && each.id === peek.id)
  const device = useDevices().find((each) => peek?.kind === 'device' && each.id === peek.id)
  if (unit) return <UnitPeek unit={unit} />
  if (device) return <DevicePeek device={device} />
  if (found) return <FoundPeek place={found} />
  return null
}

const CARRIES = new Set<Unit['kind']>(['drone', 'complex'])

function UnitPeek({ unit }: { unit: Unit }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const now = useNow()
  const following = useScreen((screen) => screen.following === unit.id)
  const incident = desk.incident(unit.incident_id)
  const next = nextStatuses(unit)
  return (
    <section className={css.peek} data-wide={CARRIES.has(unit.kind) || undefined} aria-label={unit.call_sign}>
      <div className={css.peekHead}>
        <UnitIcon status={unit.status} silent={unit.silent} size={22} />
        <strong>{unit.call_sign}</strong>
        <span className={css.dim}>{elapsed(unit.since, now)}</span>
        <Close />
      </div>
      <p className={css.peekLine}>
        {t(`status.${unit.status}`)}
        {unit.silent && ` · ${t('units.was', { status: t(`status.${unit.kept_status}`) })}`}
      </p>
      <p className={`${css.peekLine} ${css.dim}`}>{[unit.crew.join(', '), unit.vehicle, t(`kind.${unit.kind}`)].filter(Boolean).join(' · ')}</p>
      {CARRIES.has(unit.kind) && <Carried unitId={unit.id} />}
      {incident && (
        <p className={css.peekLine}>
          <button type="button" className={css.button} onClick={() => desk.open(incident.id)}>
            № {incident.number} · {titleOf(incident)}
          </button>
        </p>
      )}
      <div className={css.peekActions}>
        <button type="button" className={css.button} aria-pressed={following} onClick={() => desk.screen.set({ following: following ? null : unit.id })}>
          <Icon name="follow" size={15} />
          {following ? t('map.follow_stop') : t('map.follow')} <kbd>F</kbd>
        </button>
        <button type="button" className={css.button} onClick={() => desk.follow({ kind: 'unit', id: unit.id, label: unit.call_sign })}>
          <Icon name="camera" size={15} />
          {t('follow.start')}
        </button>
        {next.map((status) => (
          <button key={status} type="button" className={css.button} title={`s ${unit.call_sign} ${codeOf(status)}`} onClick={() => void actions.status(unit, status)}>
            {t(`status.${status}`)}
          </button>
        ))}
      </div>
    </section>
  )
}

const codeOf = (status: SetStatus) => Object.entries(STATUS_CODES).find(([, each]) => each === status)?.[0] ?? ''

/** What the desk may set next; on an incident the unit's steps are the incident's. */
export function nextStatuses(unit: Unit): SetStatus[] {
  switch (unit.kept_status ?? unit.status) {
    case 'available':
      return ['busy', 'off_shift']
    case 'busy':
      return ['available', 'off_shift']
    case 'assigned':
      return ['en_route', 'on_scene']
    case 'en_route':
      return ['on_scene']
    case 'off_shift':
      return ['available']
    default:
      return []
  }
}

function DevicePeek({ device }: { device: Device }) {
  const { t } = useTranslation()
  return (
    <section className={css.peek} aria-label={device.name}>
      <div className={css.peekHead}>
        <PlaceIcon kind={device.kind as PlaceGlyph} size={20} />
        <strong>{device.name}</strong>
        <Close />
      </div>
      <p className={css.peekLine}>
        {device.available ? t('devices.available') : t('devices.unavailable')}
        {device.last_seen && <span className={css.dim}> · {t('devices.seen', { time: moment(device.last_seen) })}</span>}
      </p>
      {device.trouble && <p className={css.peekLine}>▲ {t(`trouble.${device.trouble}`, { defaultValue: device.trouble })}</p>}
      <div className={css.peekActions}>
        <TestMode device={device} />
      </div>
    </section>
  )
}

function Close() {
  const { t } = useTranslation()
  const desk = useDesk()
  return (
    <button type="button" className={css.x} aria-label={t('action.dismiss')} onClick={() => desk.screen.set({ peek: null, following: null })}>
      <Icon name="close" size={16} />
    </button>
  )
}
