import { type Client, dayTime, Icon, newId, problemText } from '@jedel/ui'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeyedDevices } from '../../keys/api'
import shared from '../plates.module.css'
import css from './cameras.module.css'
import { DRIVERS, type PlateCamera } from '../types'

interface Props {
  client: Client
  camera: PlateCamera | null
  mayEdit: boolean
  onDone: (text: string) => void
  onClose: () => void
}

/** One camera: what was wrong with what it said, and for those who may, where it stands and how it speaks. */
export function CameraForm({ client, camera, mayEdit, onDone, onClose }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const devices = useKeyedDevices(client, mayEdit).data?.filter((each) => each.kind === 'camera' && !each.blocked_at) ?? []
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name) ?? '').trim()
    setBusy(true)
    try {
      await client.post<PlateCamera>(camera ? `/api/plates/cameras/${camera.id}` : '/api/plates/cameras', {
        id: newId(),
        name: text('name'),
        road: text('road'),
        lon: Number(text('lon')),
        lat: Number(text('lat')),
        heading: text('heading') === '' ? null : Number(text('heading')) % 360,
        driver: text('driver'),
        device_id: text('device') || null,
        enabled: form.get('enabled') !== null,
        ...(camera ? { mapping: camera.mapping } : {}),
      })
      onDone(t('platecam.saved', { name: text('name') }))
      onClose()
    } catch (error) {
      setFault(error)
    }
    setBusy(false)
    await queries.invalidateQueries({ queryKey: ['plate-cameras'] })
  }
  return (
    <form className={`${shared.form} ${css.cameraForm}`} onSubmit={(event) => void submit(event)} aria-label={camera?.name ?? t('platecam.add')}>
      <header className={shared.sideHead}>
        <h2>{camera?.name ?? t('platecam.add')}</h2>
        <button type="button" aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {camera && <Said camera={camera} />}
      <fieldset disabled={!mayEdit || busy}>
        <label>
          {t('platecam.name')}
          <input name="name" required maxLength={200} defaultValue={camera?.name} />
        </label>
        <label>
          {t('platecam.road')}
          <input name="road" maxLength={200} defaultValue={camera?.road} />
        </label>
        <div className={css.three}>
          <label>
            {t('platecam.lon')}
            <input name="lon" type="number" step="any" min={-180} max={180} required defaultValue={camera?.lon} />
          </label>
          <label>
            {t('platecam.lat')}
            <input name="lat" type="number" step="any" min={-90} max={90} required defaultValue={camera?.lat} />
          </label>
          <label>
            {t('platecam.heading')}
            <input name="heading" type="number" step="any" min={0} max={360} defaultValue={camera?.heading ?? undefined} placeholder={t('platecam.both_ways')} />
          </label>
        </div>
        <label>
          {t('platecam.driver')}
          <select name="driver" defaultValue={camera?.driver ?? 'http'}>
            {DRIVERS.map((each) => (
              <option key={each} value={each}>
                {t(`platecam.driver_${each}`)}
              </option>
            ))}
          </select>
        </label>
        {mayEdit && (
          <label>
            {t('platecam.device')}
            <select name="device" key={devices.length} defaultValue={camera?.device_id ?? ''}>
              <option value="">{t('platecam.no_device')}</option>
              {devices.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className={shared.tick}>
          <input type="checkbox" name="enabled" defaultChecked={camera?.enabled ?? true} />
          {t('platecam.enabled')}
        </label>
        {fault !== null && (
          <p className={shared.fault} role="alert">
            {problemText(fault, t)}
          </p>
        )}
        {mayEdit && (
          <button type="submit" className={shared.primary}>
            {t('platecam.save')}
          </button>
        )}
      </fieldset>
    </form>
  )
}

/** What was heard of it since it was added, every fault by its name with how often. */
function Said({ camera }: { camera: PlateCamera }) {
  const { t } = useTranslation()
  const faults = Object.entries(camera.state.faults).sort((a, b) => b[1] - a[1])
  return (
    <div className={css.heard}>
      <p>
        {t('platecam.reads')}: <strong>{camera.state.reads.toLocaleString('ru-KZ')}</strong>
        {camera.state.heard_at && <span className={shared.dim}> · {dayTime(camera.state.heard_at)}</span>}
      </p>
      {camera.clock_wrong && <p className={shared.fault}>{t('platecam.clock_wrong')}</p>}
      {faults.length > 0 && (
        <ul className={css.leftOut}>
          {faults.map(([code, count]) => (
            <li key={code}>
              {t(`platefault.${code}`, { defaultValue: code })}: <strong>{count}</strong>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
