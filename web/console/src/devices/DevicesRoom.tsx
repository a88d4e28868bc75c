import { type Device, elapsed, Icon, PlaceIcon, type PlaceGlyph, useNow } from '@jedel/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useDevices } from '../desk/context'
import { KeysRoom } from '../keys/KeysRoom'
import css from './devices.module.css'
import { TestMode } from './TestMode'

const ROW = 44
type Only = 'all' | 'lost' | 'test' | 'never'

/** The alarm devices of the region; for a supervisor also all devices with their keys. */
export function DevicesRoom() {
  const { client, me } = useDesk()
  const [keys, setKeys] = useState(false)
  if (keys) return <KeysRoom client={client} me={me} onBack={() => setKeys(false)} />
  return <AlarmDevices onKeys={me.role === 'supervisor' ? () => setKeys(true) : null} />
}

/** The lost ones first. Unavailable is a state of its own, never "all clear". */
function AlarmDevices({ onKeys }: { onKeys: (() => void) | null }) {
  const { t } = useTranslation()
  const devices = useDevices()
  const now = useNow()
  const [wanted, setWanted] = useState('')
  const [only, setOnly] = useState<Only>('all')
  const box = useRef<HTMLDivElement>(null)
  const groups = useMemo(() => {
    const inTest = (device: Device) => device.test_until !== null && Date.parse(device.test_until) > now
    return {
      all: devices,
      lost: devices.filter((device) => !device.available && device.last_seen),
      never: devices.filter((device) => !device.available && !device.last_seen),
      test: devices.filter(inTest),
    }
    // Test mode ends by the clock, but the list need not be sorted again each second.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [devices, Math.floor(now / 10_000)])
  const rows = useMemo(() => {
    const query = wanted.trim().toLowerCase()
    return groups[only]
      .filter((device) => !query || device.name.toLowerCase().includes(query))
      .sort((a, b) => Number(a.available) - Number(b.available) || a.name.localeCompare(b.name, 'ru', { numeric: true }))
  }, [groups, only, wanted])
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 6 })

  return (
    <section className={css.room} aria-label={t('rail.devices')}>
      <header className={css.head}>
        <h1>{t('rail.devices')}</h1>
        <input type="search" className={css.search} value={wanted} placeholder={t('devices.search')} aria-label={t('devices.search')} onChange={(event) => setWanted(event.target.value)} />
        {(['all', 'lost', 'never', 'test'] as const).map((name) => (
          <button key={name} type="button" className={css.filter} aria-pressed={only === name} onClick={() => setOnly(name)}>
            {t(`devices.only_${name}`)} {groups[name].length}
          </button>
        ))}
        {onKeys && (
          <button type="button" className={css.filter} onClick={onKeys}>
            {t('keyed.title')}
          </button>
        )}
      </header>
      <div className={css.columns}>
        <span>{t('devices.name')}</span>
        <span>{t('devices.kind')}</span>
        <span>{t('devices.state')}</span>
        <span>{t('devices.last_seen')}</span>
        <span />
      </div>
      <div ref={box} className={css.list}>
        {rows.length === 0 ? (
          <p className={css.empty}>{devices.length === 0 ? t('devices.empty') : t('devices.none_found')}</p>
        ) : (
          <div style={{ height: list.getTotalSize(), position: 'relative' }}>
            {list.getVirtualItems().map((item) => (
              <DeviceRow key={rows[item.index]!.id} device={rows[item.index]!} top={item.start} now={now} />
            ))}
          </div>
        )}
      </div>
    </section>
  )
}

function DeviceRow({ device, top, now }: { device: Device; top: number; now: number }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const show = () => {
    desk.screen.set({ room: 'dispatch', peek: { kind: 'device', id: device.id } })
    if (device.lon !== null && device.lat !== null) desk.map?.show(device.lon, device.lat, 16)
  }
  return (
    <div className={css.row} style={{ height: ROW, transform: `translateY(${top}px)` }}>
      <button type="button" className={css.name} onClick={show} title={t('card.show_on_map')}>
        <PlaceIcon kind={device.kind as PlaceGlyph} size={18} />
        {device.name}
      </button>
      <span>{t(`device.${device.kind}`)}</span>
      <span className={css.state} data-lost={!device.available || undefined}>
        <Icon name={device.available ? 'link' : 'unlink'} size={16} />
        {device.available ? t('devices.available') : device.last_seen ? t('devices.unavailable') : t('devices.never')}
        {device.trouble && ` · ${t(`trouble.${device.trouble}`, { defaultValue: device.trouble })}`}
      </span>
      <span className={css.dim}>{device.last_seen ? t('devices.ago', { time: elapsed(device.last_seen, now) }) : '–'}</span>
      <TestMode device={device} />
    </div>
  )
}
