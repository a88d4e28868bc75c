import { Textarea, TextInput } from '@mantine/core'
import { type FoundPlace, Icon, INCIDENT_CLASSES, inWords, PRIORITIES, PriorityIcon } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CLASS_CODES, PRIORITY_CODES, USUAL_PRIORITY } from '../command/words'
import { useDesk } from '../desk/context'
import type { Draft } from '../desk/desk'
import { PLACE_MIN, useEntered, usePlaces } from '../desk/queries'
import { useActions } from '../desk/useActions'
import css from './open.module.css'

/** An incident from a call: what, how urgent, where (by search or by a click on the map), who rang. */
export function OpenIncident({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const [wanted, setWanted] = useState('')
  const [chosen, setChosen] = useState(0)
  const [busy, setBusy] = useState(false)
  const [missing, setMissing] = useState(false)
  const places = usePlaces(draft.place ? '' : wanted)
  const { found } = places
  const change = (part: Partial<Draft>) => desk.screen.set({ draft: { ...draft, ...part } })
  const address = useAddressOf(draft.place)
  const label = draft.place ? draft.place.label || address : ''

  const choose = (place: FoundPlace) => {
    change({ place: { lon: place.lon, lat: place.lat, label: inWords(place.label) } })
    desk.map?.show(place.lon, place.lat, 15.5)
  }
  const enter = useEntered(wanted, places, () => {
    if (found[0]) choose(found[0])
  })
  const pressInPlace = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !places.current && wanted.trim().length >= PLACE_MIN) {
      event.preventDefault()
      return enter()
    }
    if (found.length === 0) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setChosen((chosen + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(found[chosen] ?? found[0]!)
    }
  }
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (!draft.place) return setMissing(true)
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const caller = { ...(text('name') ? { name: text('name') } : {}), ...(text('phone') ? { phone: text('phone') } : {}) }
    setBusy(true)
    await actions.openIncident({
      class: draft.class,
      priority: draft.priority,
      lon: draft.place.lon,
      lat: draft.place.lat,
      ...(label ? { label } : {}),
      ...(text('note') ? { note: text('note') } : {}),
      ...(Object.keys(caller).length > 0 ? { caller } : {}),
    })
    setBusy(false)
  }

  return (
    <form className={css.form} onSubmit={(event) => void submit(event)} aria-label={t('open.title')}>
      <header className={css.head}>
        <h2>{t('open.title')}</h2>
        <button type="button" className={css.close} aria-label={t('action.dismiss')} title="Esc" onClick={() => desk.screen.set({ draft: null })}>
          <Icon name="close" size={18} />
        </button>
      </header>
      <div className={css.body}>
        <div className={css.where}>
          {draft.place ? (
            <div className={css.place}>
              <Icon name="dispatch" size={18} />
              <span>{label || `${draft.place.lat.toFixed(5)}, ${draft.place.lon.toFixed(5)}`}</span>
              <button type="button" className={css.again} onClick={() => change({ place: null })}>
                {t('open.another_place')}
              </button>
            </div>
          ) : (
            <TextInput
              label={t('open.where')}
              description={t('open.where_how')}
              value={wanted}
              autoFocus
              autoComplete="off"
              error={missing ? t('open.where_missing') : undefined}
              onChange={(event) => {
                setWanted(event.currentTarget.value)
                setChosen(0)
                setMissing(false)
              }}
              onKeyDown={pressInPlace}
            />
          )}
          {!draft.place && wanted.trim().length >= PLACE_MIN && found.length === 0 && !places.isFetching && (
            <p className={css.hint}>{places.isError ? t('command.search_failed') : t('command.no_place')}</p>
          )}
          {found.length > 0 && (
            <ul className={css.found} role="listbox" aria-label={t('open.where')}>
              {found.map((place, i) => (
                <li key={`${place.lon},${place.lat},${i}`} role="option" aria-selected={i === chosen} onMouseDown={() => choose(place)}>
                  {inWords(place.label)}
                  <span>{inWords(place.detail)}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
        <fieldset className={css.choices}>
          <legend>{t('open.what')}</legend>
          {INCIDENT_CLASSES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={draft.class === each}
              title={Object.entries(CLASS_CODES).find(([, value]) => value === each)?.[0]}
              onClick={() => change({ class: each, priority: USUAL_PRIORITY[each] })}
            >
              {t(`class.${each}`)}
            </button>
          ))}
        </fieldset>
        <fieldset className={css.choices}>
          <legend>{t('open.how_urgent')}</legend>
          {PRIORITIES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={draft.priority === each}
              title={Object.entries(PRIORITY_CODES).find(([, value]) => value === each)?.[0]}
              onClick={() => change({ priority: each })}
            >
              <PriorityIcon priority={each} size={16} />
              {t(`priority.${each}`)}
            </button>
          ))}
        </fieldset>
        <div className={css.two}>
          <TextInput name="phone" type="tel" label={t('open.phone')} maxLength={32} pattern="\+?[0-9 \(\)\-]{2,}" autoComplete="off" />
          <TextInput name="name" label={t('open.name')} maxLength={200} autoComplete="off" />
        </div>
        <Textarea name="note" label={t('open.note')} defaultValue={draft.note} autosize minRows={2} maxRows={6} maxLength={4000} />
      </div>
      <footer className={css.foot}>
        <button type="submit" className={css.submit} disabled={busy}>
          {t('open.submit')} <kbd>Enter</kbd>
        </button>
        <code>{`o ${Object.entries(CLASS_CODES).find(([, value]) => value === draft.class)?.[0]} ${Object.entries(PRIORITY_CODES).find(([, value]) => value === draft.priority)?.[0]} ${label || '…'}`}</code>
      </footer>
    </form>
  )
}

/** The address nearest to a clicked place. */
function useAddressOf(place: Draft['place']): string {
  const { client } = useDesk()
  const wanted = place !== null && place.label === ''
  const answer = useQuery({
    queryKey: ['reverse', place?.lon, place?.lat],
    queryFn: ({ signal }) => client.get<{ label?: Record<'kk' | 'ru' | 'en', string> | string }>(`/api/places/reverse?lon=${place!.lon.toFixed(6)}&lat=${place!.lat.toFixed(6)}`, signal),
    enabled: wanted,
  })
  return wanted ? inWords(answer.data?.label) : ''
}
