import { Modal } from '@mantine/core'
import { type Client, inWords, problemText, type Site } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type DeviceCode, useOnDevice } from './api'
import css from './keys.module.css'

const KINDS = ['tablet', 'tracker', 'post', 'panic_button', 'panel', 'camera'] as const
type Kind = (typeof KINDS)[number]
const SITES: Partial<Record<Kind, string>> = { post: 'post', panic_button: 'school', panel: 'bank' }

interface AddDeviceProps {
  client: Client
  units: { id: string; call_sign: string }[]
  onClose: () => void
  onCode: (code: DeviceCode) => void
}

/** A new device: a tablet or tracker belongs to a patrol, a button or post to a place. */
export function AddDevice({ client, units, onClose, onCode }: AddDeviceProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Kind>('tablet')
  const add = useOnDevice<DeviceCode>(client)
  const siteKind = SITES[kind]
  const sites = useQuery({
    queryKey: ['sites', siteKind],
    queryFn: () => client.get<Site[]>(`/api/sites?kind=${siteKind}`),
    enabled: siteKind !== undefined,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const said = new FormData(event.currentTarget)
    const text = (name: string) => String(said.get(name) ?? '').trim() || undefined
    const body = { kind, name: text('name'), unit_id: text('unit'), site_id: text('site'), account: text('account')?.toUpperCase() }
    add.mutate({ path: '/api/devices', body }, { onSuccess: onCode })
  }
  return (
    <Modal opened onClose={onClose} title={<strong>{t('keyed.add')}</strong>} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <form onSubmit={submit} className={css.form}>
        <label>
          {t('devices.kind')}
          <select value={kind} onChange={(event) => setKind(event.target.value as Kind)}>
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`device.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('devices.name')}
          <input name="name" required maxLength={200} autoFocus />
        </label>
        {siteKind ? (
          <label>
            {t('keyed.site')}
            <select key={kind} name="site" required>
              {(sites.data ?? []).map((site) => (
                <option key={site.id} value={site.id}>
                  {inWords(site.name)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          kind !== 'camera' && (
            <label>
              {t('keyed.unit')}
              <select name="unit" required>
                {units.map((unit) => (
                  <option key={unit.id} value={unit.id}>
                    {unit.call_sign}
                  </option>
                ))}
              </select>
            </label>
          )
        )}
        {kind === 'panel' && (
          <label>
            {t('keyed.account')}
            <input name="account" required pattern="[0-9A-Fa-f]{3,16}" />
          </label>
        )}
        {add.isError && (
          <p role="alert" className={css.wrong}>
            {problemText(add.error, t)}
          </p>
        )}
        <button type="submit" className={css.add} disabled={add.isPending}>
          {t('keyed.give_code')}
        </button>
      </form>
    </Modal>
  )
}
