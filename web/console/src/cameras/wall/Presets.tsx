import { Icon, newId, Problem, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import css from './presets.module.css'

export interface Preset {
  token: string
  name: string
}

interface Props {
  cameraId: string
  /** Digits are its own now. */
  taken: boolean
  onGo: (preset: Preset) => void
  onRefused: (why: string) => void
}

/** The places that a camera knows by name: one goes to them; duty officers and supervisors keep and delete them. */
export function Presets({ cameraId, taken, onGo, onRefused }: Props) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [naming, setNaming] = useState(false)
  const [asked, setAsked] = useState<Preset | null>(null)
  const { places, change } = usePresets(cameraId, onRefused)

  useEffect(() => {
    if (!taken || !places) return
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select')) return
      const place = /^(Digit|Numpad)[1-9]$/.test(event.code) ? places[Number(event.code.slice(-1)) - 1] : undefined
      if (!place) return
      event.preventDefault()
      onGo(place)
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [taken, places, onGo])

  const keep = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    if (name && (await change((path) => desk.client.post<Preset[]>(path, { id: newId(), name })))) setNaming(false)
  }
  const forget = async (place: Preset) => {
    setAsked(null)
    await change((path) => desk.client.delete<Preset[]>(`${path}?preset=${encodeURIComponent(place.token)}&command=${newId()}`))
  }

  if (!places || (places.length === 0 && !desk.mayDispatch)) return null
  return (
    <div className={css.places} data-taken={taken || undefined} role="group" aria-label={t('ptz.places')}>
      {places.length === 0 && <p>{t('ptz.no_places')}</p>}
      <ol>
        {places.map((place, nth) => (
          <li key={place.token}>
            <button type="button" className={css.place} data-place={place.token} title={place.name} onClick={() => onGo(place)}>
              {nth < 9 && <kbd>{nth + 1}</kbd>}
              <span>{place.name}</span>
            </button>
            {desk.mayDispatch && (
              <button type="button" className={css.forget} aria-label={t('ptz.forget', { name: place.name })} title={t('ptz.forget', { name: place.name })} onClick={() => setAsked(place)}>
                <Icon name="close" size={13} />
              </button>
            )}
          </li>
        ))}
      </ol>
      {asked && (
        <div className={css.asked} role="alertdialog" aria-label={t('ptz.forget_sure', { name: asked.name })}>
          <p>{t('ptz.forget_sure', { name: asked.name })}</p>
          <button type="button" onClick={() => void forget(asked)}>{t('wall.delete')}</button>
          <button type="button" onClick={() => setAsked(null)}>{t('archive.cancel')}</button>
        </div>
      )}
      {desk.mayDispatch && !asked && !naming && (
        <button type="button" className={css.keep} onClick={() => setNaming(true)}>
          <Icon name="plus" size={13} />
          {t('ptz.keep')}
        </button>
      )}
      {naming && (
        <form onSubmit={(event) => void keep(event)} onKeyDown={(event) => event.key === 'Escape' && setNaming(false)}>
          <input name="name" autoFocus maxLength={64} autoComplete="off" placeholder={t('ptz.keep_name')} aria-label={t('ptz.keep_name')} />
          <button type="submit">{t('wall.save')}</button>
        </form>
      )}
      {taken && <p className={css.digits}>{t('ptz.digits')}</p>}
    </div>
  )
}

/** The camera's own list, asked for once while it is chosen: a camera that does not answer has none here. */
function usePresets(cameraId: string, onRefused: (why: string) => void) {
  const { t } = useTranslation()
  const desk = useDesk()
  const queries = useQueryClient()
  const path = `/api/cameras/${cameraId}/ptz/presets`
  const key = ['presets', cameraId]
  const places = useQuery({ queryKey: key, queryFn: ({ signal }) => desk.client.get<Preset[]>(path, signal), retry: false, staleTime: 30_000 }).data
  const change = async (ask: (path: string) => Promise<Preset[]>): Promise<boolean> => {
    try {
      queries.setQueryData(key, await ask(path))
      return true
    } catch (error) {
      onRefused(error instanceof Problem ? problemText(error, t) : t('ptz.no_answer'))
      return false
    }
  }
  return { places, change }
}
