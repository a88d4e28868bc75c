import { type Client, elapsed, Icon, type Me, problemText, useNow } from '@jedel/ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddDevice } from './AddDevice'
import { type DeviceCode, type KeyedDevice, useCallSigns, useKeyedDevices, useOnDevice } from './api'
import { CodeSheet } from './CodeSheet'
import css from './keys.module.css'
import { RowMenu } from './RowMenu'

const KINDS = ['tablet', 'post', 'panic_button', 'panel', 'tracker', 'camera'] as const
type Only = 'all' | 'waiting' | 'blocked' | (typeof KINDS)[number]
const SHOWN_MAX = 300

/** Every device with its key: in whose hands, when it was last here; enrol, block, wipe. */
export function KeysRoom({ client, me, onBack }: { client: Client; me: Me; onBack?: () => void }) {
  const { t } = useTranslation()
  const devices = useKeyedDevices(client)
  const signs = useCallSigns(client)
  const act = useOnDevice<DeviceCode>(client)
  const [wanted, setWanted] = useState('')
  const [only, setOnly] = useState<Only>('all')
  const [adding, setAdding] = useState(false)
  const [code, setCode] = useState<DeviceCode | null>(null)
  const callSign = useMemo(() => new Map(signs.data?.map((unit) => [unit.id, unit.call_sign])), [signs.data])
  const all = useMemo(() => devices.data ?? [], [devices.data])
  const groups: Only[] = ['all', ...KINDS, 'waiting', 'blocked']
  const found = useMemo(() => {
    const query = wanted.trim().toLowerCase()
    const said = (device: KeyedDevice) => [device.name, device.holder, callSign.get(device.unit_id ?? ''), device.account].join(' ').toLowerCase()
    return all
      .filter((device) => belongs(device, only) && (!query || said(device).includes(query)))
      .sort((a, b) => a.name.localeCompare(b.name, 'ru', { numeric: true }))
  }, [all, only, wanted, callSign])
  const tell = (path: string, body?: object) => act.mutate({ path, body }, { onSuccess: (answer) => answer && 'code' in answer && setCode(answer) })

  return (
    <section className={css.room} aria-label={t('keyed.title')}>
      <header className={css.head}>
        {onBack && (
          <button type="button" className={css.filter} onClick={onBack}>
            {t('keyed.back')}
          </button>
        )}
        <h1>{t('keyed.title')}</h1>
        <input type="search" className={css.search} value={wanted} placeholder={t('keyed.search')} aria-label={t('keyed.search')} onChange={(event) => setWanted(event.target.value)} />
        <button type="button" className={css.add} onClick={() => setAdding(true)}>
          {t('keyed.add')}
        </button>
      </header>
      <div className={css.filters} role="group" aria-label={t('keyed.filter')}>
        {groups.map((name) => (
          <button key={name} type="button" className={css.filter} aria-pressed={only === name} onClick={() => setOnly(name)}>
            {t(KINDS.includes(name as never) ? `device.${name}` : `keyed.only_${name}`)} {all.filter((device) => belongs(device, name)).length}
          </button>
        ))}
      </div>
      {act.isError && (
        <p role="alert" className={css.wrong}>
          {problemText(act.error, t)}
        </p>
      )}
      <div className={css.list} tabIndex={0} role="region" aria-label={t('keyed.title')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th>{t('devices.name')}</th>
              <th>{t('devices.kind')}</th>
              <th>{t('keyed.belongs')}</th>
              <th>{t('keyed.holder')}</th>
              <th>{t('devices.last_seen')}</th>
              <th>{t('keyed.version')}</th>
              <th>{t('devices.state')}</th>
              <th aria-label={t('keyed.do')} />
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN_MAX).map((device) => (
              <tr key={device.id} data-blocked={device.blocked_at !== null || undefined}>
                <td>{device.name}</td>
                <td>{t(`device.${device.kind}`)}</td>
                <td>{callSign.get(device.unit_id ?? '') ?? device.account ?? '–'}</td>
                <td>{device.holder ?? '–'}</td>
                <Seen at={device.seen_at} />
                <td>{device.version ?? '–'}</td>
                <td>
                  <State device={device} />
                </td>
                <td>
                  <RowMenu client={client} me={me} device={device} tell={tell} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className={css.empty}>{t(devices.isPending ? 'keyed.reading' : 'devices.none_found')}</p>}
        {found.length > SHOWN_MAX && <p className={css.empty}>{t('keyed.more', { count: found.length - SHOWN_MAX })}</p>}
      </div>
      {adding && (
        <AddDevice
          client={client}
          units={signs.data ?? []}
          onClose={() => setAdding(false)}
          onCode={(made) => {
            setAdding(false)
            setCode(made)
          }}
        />
      )}
      {code && <CodeSheet code={code} onClose={() => setCode(null)} />}
    </section>
  )
}

function belongs(device: KeyedDevice, only: Only): boolean {
  if (only === 'all') return true
  if (only === 'blocked') return device.blocked_at !== null
  if (only === 'waiting') return device.enrolled_at === null && device.blocked_at === null
  return device.kind === only
}

function Seen({ at }: { at: string | null }) {
  const { t } = useTranslation()
  const now = useNow()
  return <td>{at ? t('devices.ago', { time: elapsed(at, now) }) : t('devices.never')}</td>
}

function State({ device }: { device: KeyedDevice }) {
  const { t } = useTranslation()
  const state = device.blocked_at ? 'blocked' : device.enrolled_at ? 'enrolled' : 'waiting'
  return (
    <span className={css.state} data-state={state}>
      <Icon name={state === 'enrolled' ? 'check' : state === 'blocked' ? 'close' : 'link'} size={15} />
      {t(`keyed.${state}`)}
    </span>
  )
}
