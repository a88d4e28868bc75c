import { Icon, inWords } from '@jedel/ui'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarms, useDesk, useIncidents, useScreen, useUnits } from '../desk/context'
import { PLACE_MIN, useEntered, usePlaces, useRecommendation } from '../desk/queries'
import { useActions } from '../desk/useActions'
import { COMMAND_LINE_ID } from '../shell/useKeys'
import { Choice, SuggestionWords } from './Choices'
import css from './command.module.css'
import { History } from './history'
import { read, type Suggestion } from './parse'
import { previewOf } from './preview'
import { sceneOf } from './scene'

/** Under the log, always at hand: what is typed, what it may become, and what Enter will do. */
export function CommandLine() {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const text = useScreen((screen) => screen.command)
  const currentId = useScreen((screen) => screen.incidentId)
  const incidents = useIncidents()
  const units = useUnits()
  const alarms = useAlarms()
  const recommendation = useRecommendation(currentId, false)
  const [focused, setFocused] = useState(false)
  const [chosen, setChosen] = useState(0)
  const [busy, setBusy] = useState(false)
  const [history] = useState(() => new History())
  const input = useRef<HTMLInputElement>(null)

  const scene = useMemo(
    () => sceneOf(incidents, units, alarms, currentId, recommendation.data, t),
    [incidents, units, alarms, currentId, recommendation.data, t],
  )
  const reading = useMemo(() => read(text, scene), [text, scene])
  const wantsPlace = reading.slot === 'place'
  const places = usePlaces(wantsPlace ? reading.typed : '')
  const { found } = places
  const choices = wantsPlace ? found.length : reading.suggestions.length
  useEffect(() => setChosen(0), [text])

  const set = (line: string) => desk.screen.set({ command: line })
  const unknown = wantsPlace && !places.current
  // Of several places an incident is opened at none that was not seen first.
  const enter = useEntered(text, places, () => {
    if (reading.command?.do === 'show_place' || found.length === 1) void run()
  })
  const preview = reading.command && !unknown ? previewOf(reading.command, found[chosen], desk, recommendation.data, t) : null

  async function run(place = found[chosen]) {
    const { command } = reading
    if (busy || !command) return
    if (command.do === 'show_place' || command.do === 'open') {
      if (!place) return
      history.add(text)
      if (command.do === 'show_place') {
        desk.screen.set({ found: place, command: '', following: null })
        desk.map?.show(place.lon, place.lat, 16)
      } else {
        setBusy(true)
        const done = await actions.openIncident({
          class: command.class, priority: command.priority, lon: place.lon, lat: place.lat, label: inWords(place.label),
        })
        setBusy(false)
        if (done) set('')
      }
      return
    }
    setBusy(true)
    const done = await actions.run(command)
    setBusy(false)
    if (done) {
      history.add(text)
      set('')
    }
  }

  function complete(suggestion: Suggestion | undefined) {
    if (suggestion) set(suggestion.line)
  }

  function press(event: KeyboardEvent<HTMLInputElement>) {
    switch (event.key) {
      case 'Enter':
        event.preventDefault()
        if (reading.command && unknown) enter()
        else if (reading.command) void run()
        else complete(reading.suggestions[chosen])
        break
      case 'Tab':
        if (!wantsPlace && reading.suggestions.length > 0 && text !== '' && !event.shiftKey) {
          event.preventDefault()
          complete(reading.suggestions[chosen])
        }
        break
      case 'ArrowDown':
        event.preventDefault()
        if (choices > 0 && text !== '') setChosen((chosen + 1) % choices)
        else set(history.forward())
        break
      case 'ArrowUp':
        event.preventDefault()
        if (choices > 0 && chosen > 0) setChosen(chosen - 1)
        else set(history.back(text))
        break
      case 'Escape':
        event.preventDefault()
        event.stopPropagation()
        if (text) set('')
        else input.current?.blur()
    }
  }

  const open = focused && (choices > 0 || preview !== null || reading.fault !== null || wantsPlace)
  const listId = `${COMMAND_LINE_ID}-choices`
  return (
    <div className={css.command}>
      {open && (
        <div className={css.help}>
          {choices > 0 && <ul id={listId} role="listbox" aria-label={t('command.choices')} className={css.choices}>
            {wantsPlace
              ? found.map((place, i) => (
                  <Choice key={`${place.lon},${place.lat},${i}`} id={`${listId}-${i}`} chosen={i === chosen} onChoose={() => void run(place)}>
                    <Icon name="dispatch" size={16} />
                    <span>{inWords(place.label)}</span>
                    <span className={css.detail}>{inWords(place.detail)}</span>
                  </Choice>
                ))
              : reading.suggestions.map((each, i) => (
                  <Choice
                    key={each.line}
                    id={`${listId}-${i}`}
                    chosen={i === chosen}
                    onChoose={() => {
                      complete(each)
                      input.current?.focus()
                    }}
                  >
                    <SuggestionWords suggestion={each} />
                  </Choice>
                ))}
          </ul>}
          {wantsPlace && found.length === 0 && (
            <p className={css.hint}>
              {reading.typed.trim().length < PLACE_MIN ? t('command.type_place') : places.isFetching ? t('command.searching') : places.isError ? t('command.search_failed') : t('command.no_place')}
            </p>
          )}
          {reading.fault && (
            <p className={css.fault}>
              <Icon name="close" size={14} />
              {t(`fault.${reading.fault.code}`, { word: reading.fault.word })}
            </p>
          )}
          {preview && (
            <p className={css.preview} role="status">
              <kbd>Enter</kbd>
              {preview}
            </p>
          )}
        </div>
      )}
      <div className={css.line}>
        <span aria-hidden className={css.prompt}>
          /
        </span>
        <input
          ref={input}
          id={COMMAND_LINE_ID}
          className={css.input}
          value={text}
          role="combobox"
          aria-expanded={open && choices > 0}
          aria-controls={open && choices > 0 ? listId : undefined}
          aria-activedescendant={open && choices > 0 ? `${listId}-${chosen}` : undefined}
          aria-label={t('command.label')}
          placeholder={t('command.placeholder')}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set(event.target.value)}
          onKeyDown={press}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
        />
        <kbd>F2</kbd>
      </div>
    </div>
  )
}
