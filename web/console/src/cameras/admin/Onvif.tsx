import { newId, problemText } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './admin.module.css'
import { type Described, type Desk, type Heard, ZONES } from './types'
import { useSaid } from './useSaid'

const CLOCK_WRONG_MS = 5_000

/** Cameras that answer on their network, asked what they are, and taken in with credentials that they take. */
export function Onvif({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const [run, fault] = useSaid(desk, ['registry'])
  const [heard, setHeard] = useState<Heard[] | null>(null)
  const [looking, setLooking] = useState(false)
  const [url, setUrl] = useState('')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [found, setFound] = useState<Described | null>(null)
  const [refused, setRefused] = useState<unknown>(null)
  const credentials = user ? { user, password } : null
  const attempt = async (work: () => Promise<void>) => {
    setLooking(true)
    setRefused(null)
    try {
      await work()
    } catch (error) {
      setRefused(error)
    }
    setLooking(false)
  }
  const discover = () => attempt(async () => setHeard(await desk.client.post<Heard[]>('/api/cameras/discover', {})))
  const ask = (event: FormEvent) => {
    event.preventDefault()
    void attempt(async () => {
      setFound(null)
      setFound(await desk.client.post<Described>('/api/cameras/onvif/probe', { url, credentials }))
    })
  }
  const take = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name')).trim()
    const body = { id: newId(), url, credentials, name, lon: Number(form.get('lon')), lat: Number(form.get('lat')), zone: String(form.get('zone')) || null, main: String(form.get('main')) || null, sub: String(form.get('sub')) || null }
    if (await run(() => desk.client.post('/api/cameras/onvif', body), t('camreg.saved', { name }))) setFound(null)
  }
  const said = fault ?? (refused === null ? null : problemText(refused, t))
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <button type="button" className={css.primary} disabled={looking} onClick={() => void discover()}>
          {looking ? t('camreg.looking') : t('camreg.discover')}
        </button>
        {heard?.length === 0 && <span className={css.dim}>{t('camreg.heard_none')}</span>}
      </div>
      <ul className={css.list}>
        {(heard ?? []).map((each) => (
          <li key={each.url}>
            <strong>{each.name || each.url}</strong>
            <span className={css.dim}>{[each.hardware, each.url, each.known && t('camreg.known')].filter(Boolean).join(' · ')}</span>
            <button type="button" onClick={() => setUrl(each.url)}>
              {t('camreg.choose')}
            </button>
          </li>
        ))}
      </ul>
      <form className={css.form} aria-label={t('camreg.ask')} onSubmit={ask}>
        <fieldset disabled={looking}>
          <label className={css.wide}>
            {t('camreg.onvif_url')}
            <input required value={url} placeholder="…/onvif/device_service" spellCheck={false} onChange={(event) => setUrl(event.target.value)} />
          </label>
          <label>
            {t('camreg.user')}
            <input value={user} autoComplete="off" onChange={(event) => setUser(event.target.value)} />
          </label>
          <label>
            {t('camreg.password')}
            <input type="password" value={password} autoComplete="new-password" onChange={(event) => setPassword(event.target.value)} />
          </label>
          <button type="submit">{t('camreg.ask')}</button>
        </fieldset>
      </form>
      {said && (
        <p className={css.fault} role="alert">
          {said}
        </p>
      )}
      {found && (
        <form className={css.form} aria-label={t('camreg.take')} onSubmit={(event) => void take(event)}>
          <fieldset>
            <p className={css.wide}>
              <strong>{[found.manufacturer, found.model].join(' ')}</strong> <span className={css.dim}>{[found.firmware, found.serial].filter(Boolean).join(' · ')}</span>
              {found.clock_error_ms !== null && Math.abs(found.clock_error_ms) >= CLOCK_WRONG_MS && <small className={css.fault}>{t('camreg.clock_wrong', { s: Math.round(found.clock_error_ms / 1000) })}</small>}
            </p>
            {(['main', 'sub'] as const).map((name) => (
              <label key={name}>
                {t(`camreg.${name}`)}
                <select name={name}>
                  <option value="">{t('camreg.best')}</option>
                  {found.profiles.map((each) => (
                    <option key={each.token} value={each.token}>
                      {each.name} · {each.width}×{each.height} {each.codec}
                    </option>
                  ))}
                </select>
              </label>
            ))}
            <label className={css.wide}>
              {t('camreg.name')}
              <input name="name" required maxLength={200} />
            </label>
            <label>
              {t('camreg.lat')}
              <input name="lat" type="number" step="any" min={-90} max={90} required />
            </label>
            <label>
              {t('camreg.lon')}
              <input name="lon" type="number" step="any" min={-180} max={180} required />
            </label>
            <label>
              {t('camreg.zone')}
              <select name="zone">
                <option value="">{t('camreg.no_zone')}</option>
                {ZONES.map((each) => (
                  <option key={each} value={each}>
                    {t(`camzone.${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit" className={css.primary}>
              {t('camreg.take')}
            </button>
          </fieldset>
        </form>
      )}
    </div>
  )
}
