import { Icon, inWords, newId, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../shell/Skeleton'
import css from './admin.module.css'
import { MasksEditor } from './MasksEditor'
import { type Desk, type Group, KINDS, RECORDINGS, type RegistryCamera, SOURCES, ZONES } from './types'
import { useRegions } from './useRegions'

interface Props {
  id: string | null
  desk: Desk
  writes: boolean
  groups: Group[]
  onClose: () => void
}

/** One camera: what the registry says of it, its masks, its groups, and handing it over. */
export function CameraCard({ id, desk, writes, groups, onClose }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [fault, setFault] = useState<unknown>(null)
  const found = useQuery({ queryKey: ['registry', 'one', id], enabled: id !== null, queryFn: ({ signal }) => desk.client.get<RegistryCamera>(`/api/cameras/${id ?? ''}`, signal) })
  const camera = found.data ?? null
  const sites = useQuery({ queryKey: ['sites'], queryFn: ({ signal }) => desk.client.get<{ id: string; name: Record<string, string> }[]>('/api/sites', signal), staleTime: 600_000 }).data ?? []
  const { i18n } = useTranslation()
  if (id !== null && camera === null) return <aside className={css.card} aria-busy={!found.isError}>{found.isError ? <p role="alert">{problemText(found.error, t)}</p> : <Skeleton rows={10} />}</aside>
  const again = () => queries.invalidateQueries({ queryKey: ['registry'] })
  const done = async (work: Promise<unknown>, said: string): Promise<boolean> => {
    try {
      await work
      setFault(null)
      desk.say(said)
      await again()
      return true
    } catch (error) {
      setFault(error)
      return false
    }
  }
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name) ?? '').trim()
    const number = (name: string): number | null => (text(name) === '' ? null : Number(text(name)))
    const body: Record<string, unknown> = {
      id: newId(), name: text('name'), kind: text('kind'), site_id: text('site') || null, zone: text('zone') || null,
      lon: number('lon'), lat: number('lat'), heading: number('heading'), fov: number('fov'), range_m: number('range_m'),
      owner: text('owner'), owner_contact: text('owner_contact'), external_id: text('external_id') || null,
      source: text('source'), recording: text('recording'), keep_days: number('keep_days'), enabled: form.get('enabled') !== null,
    }
    if (desk.me.role === 'administrator' || camera === null) {
      const known = new Map(camera?.streams.map((each) => [each.name, each]))
      body['streams'] = (['main', 'sub'] as const)
        .filter((name) => text(name))
        .map((name) => {
          const before = known.get(name)
          return before?.url === text(name) ? before : { name, url: text(name) }
        })
      if (text('user')) body['credentials'] = { user: text('user'), password: text('password') }
    }
    const made = await done(camera ? desk.client.patch(`/api/cameras/${camera.id}`, body) : desk.client.post('/api/cameras', body), t('camreg.saved', { name: text('name') }))
    if (made && !camera) onClose()
  }
  const url = (name: string) => camera?.streams.find((each) => each.name === name)?.url ?? ''
  const addresses = desk.me.role === 'administrator' || camera === null
  return (
    <aside className={css.card} aria-label={camera?.name ?? t('camreg.add')}>
      <header>
        <h2>{camera?.name ?? t('camreg.add')}</h2>
        <button type="button" aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {fault !== null && (
        <p className={css.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      <form key={camera?.id ?? 'new'} className={css.form} onSubmit={(event) => void submit(event)}>
        <fieldset disabled={!writes}>
          <label className={css.wide}>
            {t('camreg.name')}
            <input name="name" required maxLength={200} defaultValue={camera?.name} />
          </label>
          <Choice name="kind" label={t('camreg.kind')} among={KINDS} value={camera?.kind} word={(each) => t(`camkind.${each}`)} />
          <Choice name="zone" label={t('camreg.zone')} among={ZONES} value={camera?.zone ?? ''} none={t('camreg.no_zone')} word={(each) => t(`camzone.${each}`)} />
          <label className={css.wide}>
            {t('camreg.site')}
            <select name="site" key={sites.length} defaultValue={camera?.site_id ?? ''}>
              <option value="">{t('camreg.no_site')}</option>
              {sites.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name[i18n.language] ?? each.name['ru']}
                </option>
              ))}
            </select>
          </label>
          <Figure name="lat" label={t('camreg.lat')} value={metres(camera?.lat)} min={-90} max={90} required />
          <Figure name="lon" label={t('camreg.lon')} value={metres(camera?.lon)} min={-180} max={180} required />
          <Figure name="heading" label={t('camreg.heading')} value={camera?.heading} min={0} max={359.9} />
          <Figure name="fov" label={t('camreg.fov')} value={camera?.fov} min={1} max={360} />
          <Figure name="range_m" label={t('camreg.range')} value={camera?.range_m} min={0.1} max={10000} />
          <label>
            {t('camreg.external')}
            <input name="external_id" maxLength={200} defaultValue={camera?.external_id ?? ''} />
          </label>
          <label>
            {t('camreg.owner')}
            <input name="owner" maxLength={200} defaultValue={camera?.owner} />
          </label>
          <label>
            {t('camreg.contact')}
            <input name="owner_contact" maxLength={200} defaultValue={camera?.owner_contact} />
          </label>
          <Choice name="recording" label={t('camreg.record')} among={RECORDINGS} value={camera?.recording} word={(each) => t(`camreg.record_${each}`)} />
          <Figure name="keep_days" label={t('camreg.keep')} value={camera?.keep_days ?? 30} min={1} max={3650} required />
          <Choice name="source" label={t('camreg.source')} among={SOURCES} value={camera?.source} word={(each) => t(`camreg.source_${each}`)} />
          <label className={css.tick}>
            <input type="checkbox" name="enabled" defaultChecked={camera?.enabled ?? true} />
            {t('camreg.enabled')}
          </label>
          {addresses && (
            <>
              <label className={css.wide}>
                {t('camreg.main')}
                <input name="main" type="text" placeholder="rtsp://" defaultValue={url('main')} spellCheck={false} />
              </label>
              <label className={css.wide}>
                {t('camreg.sub')}
                <input name="sub" type="text" placeholder="rtsp://" defaultValue={url('sub')} spellCheck={false} />
              </label>
              <label>
                {t('camreg.user')}
                <input name="user" maxLength={200} autoComplete="off" placeholder={camera?.credentials ? t('camreg.sealed') : ''} />
              </label>
              <label>
                {t('camreg.password')}
                <input name="password" type="password" maxLength={200} autoComplete="new-password" />
              </label>
            </>
          )}
          {writes && (
            <button type="submit" className={css.primary}>
              {t('camreg.save')}
            </button>
          )}
        </fieldset>
      </form>
      {camera && (
        <>
          <h3>{t('camreg.groups')}</h3>
          <ul className={css.ticks}>
            {groups.length === 0 && <li className={css.dim}>{t('camreg.no_groups')}</li>}
            {groups.map((each) => {
              const inside = camera.groups.includes(each.id)
              const change = { id: newId(), [inside ? 'remove' : 'add']: [camera.id] }
              return (
                <li key={each.id}>
                  <label className={css.tick}>
                    <input type="checkbox" checked={inside} disabled={!writes} onChange={() => void done(desk.client.post(`/api/camera-groups/${each.id}/cameras`, change), t('camreg.saved', { name: each.name }))} />
                    {each.name}
                  </label>
                </li>
              )
            })}
          </ul>
          <MasksEditor camera={camera} desk={desk} writes={writes} />
          {writes && <Offer camera={camera} desk={desk} onOffer={(body) => void done(desk.client.post(`/api/cameras/${camera.id}/handover`, body), t('camreg.offered', { name: camera.name }))} />}
        </>
      )}
    </aside>
  )
}

/** Degrees to a centimetre: more is noise. */
const metres = (degrees: number | undefined) => (degrees === undefined ? undefined : Number(degrees.toFixed(7)))

function Offer({ camera, desk, onOffer }: { camera: RegistryCamera; desk: Desk; onOffer: (body: object) => void }) {
  const { t } = useTranslation()
  const regions = useRegions(desk)
  const offer = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    onOffer({ id: newId(), to_region: String(form.get('region')), note: String(form.get('note')) })
  }
  return (
    <details className={css.more}>
      <summary>{t('camreg.handover')}</summary>
      <form className={css.form} aria-label={`${t('camreg.handover')}: ${camera.name}`} onSubmit={offer}>
        <fieldset>
          <label>
            {t('camreg.to_region')}
            <select name="region" required defaultValue="">
              <option value="">{t('camreg.choose_region')}</option>
              {regions.map((each) => (
                <option key={each.region} value={each.region}>
                  {inWords(each.name)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('camreg.note')}
            <input name="note" maxLength={200} />
          </label>
          <p className={`${css.dim} ${css.wide}`}>{t('camreg.handover_how')}</p>
          <button type="submit">{t('camreg.offer')}</button>
        </fieldset>
      </form>
    </details>
  )
}

function Choice<T extends string>({ name, label, among, value, none, word }: { name: string; label: string; among: readonly T[]; value?: T | ''; none?: string; word: (each: T) => string }) {
  return (
    <label>
      {label}
      <select name={name} defaultValue={value ?? among[0]}>
        {none !== undefined && <option value="">{none}</option>}
        {among.map((each) => (
          <option key={each} value={each}>
            {word(each)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Figure({ name, label, value, min, max, required }: { name: string; label: string; value?: number | null; min: number; max: number; required?: boolean }) {
  return (
    <label>
      {label}
      <input name={name} type="number" step="any" min={min} max={max} required={required} defaultValue={value ?? ''} />
    </label>
  )
}
