import { Menu } from '@mantine/core'
import {
  type Alarm, clock, clockFace, elapsed, Icon, type Incident, PRIORITIES, PriorityIcon, RESULTS, useNow,
} from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { ToArchive } from '../archive'
import { PRIORITY_CODES, RESULT_CODES } from '../command/words'
import { placeOf, titleOf } from '../desk/actions'
import { useDesk } from '../desk/context'
import { placeOfIncident } from '../desk/place'
import { useActions } from '../desk/useActions'
import { ANSWER_WITHIN_S, DISPATCH_WITHIN_S, receivedAt } from '../queue/order'
import { toCommandLine } from '../shell/useKeys'
import css from './card.module.css'
import own from './header.module.css'

const codeOf = (codes: Record<string, string>, value: string) => Object.entries(codes).find(([, each]) => each === value)?.[0] ?? ''

export function Header({ incident, alarms }: { incident: Incident; alarms: Alarm[] }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const now = useNow()
  const since = receivedAt(incident)
  const active = incident.state !== 'closed'
  const place = placeOfIncident(incident)
  const open = alarms.filter((alarm) => alarm.state === 'open')
  const presses = alarms.reduce((sum, alarm) => sum + alarm.presses, 0)
  const escalated = open.some((alarm) => alarm.escalated_at)
  const address = incident.place.site?.address ?? ''
  return (
    <header className={own.header} data-priority={incident.priority}>
      <div className={own.top}>
        <PriorityIcon priority={incident.priority} size={26} title={t(`priority.${incident.priority}`)} />
        <div className={own.what}>
          <h2 className={own.title}>{titleOf(incident)}</h2>
          <p className={own.sub}>
            № {incident.number} · {t(`priority.${incident.priority}`)}
            {alarms.length > 0 && ` · ${t(`level.${alarms.some((alarm) => alarm.level === 'lockdown') ? 'lockdown' : 'help'}`)}`}
            {presses > 1 && ` · ${t('card.presses', { count: presses })}`}
          </p>
        </div>
        <div className={own.elapsed}>
          {active ? elapsed(since, now) : clockFace((Date.parse(incident.times.closed ?? since) - Date.parse(since)) / 1000)}
        </div>
        <button type="button" className={own.close} aria-label={t('action.close_card')} title={`${t('action.close_card')} (Esc)`} onClick={() => desk.screen.set({ incidentId: null })}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <button type="button" className={own.where} title={t('card.show_on_map')} onClick={() => desk.map?.show(incident.place.lon, incident.place.lat, 16)}>
        <Icon name="dispatch" size={16} />
        <span>
          {placeOf(incident)}
          {address && address !== placeOf(incident) && <span className={css.dim}> · {address}</span>}
        </span>
      </button>
      {active && place && (
        <button type="button" className={own.look} title={`${t('place.look')} (E)`} onClick={() => desk.lookAt(place)}>
          <Icon name="eye" size={16} />
          {t('place.look')}
        </button>
      )}
      {incident.callers.map((caller, i) => (
        <p key={i} className={own.caller}>
          <Icon name="phone" size={16} />
          {[caller.name, caller.phone].filter(Boolean).join(' · ')}
        </p>
      ))}
      <Steps incident={incident} now={now} />
      {incident.state === 'closed' && (
        <p className={own.result}>
          <Icon name="check" size={16} />
          {incident.result ? t(`result.${incident.result}`) : ''}
          {incident.result_text ? ` · ${incident.result_text}` : ''}
        </p>
      )}
      {active && (
        <div className={own.actions}>
          {open.length > 0 && (
            <button type="button" className={css.primary} onClick={() => void actions.acknowledge(incident)}>
              <Icon name="check" size={18} />
              {t('action.acknowledge')}
              {escalated && <span>· {t('card.escalated')}</span>}
              <kbd>Q</kbd>
            </button>
          )}
          <Menu position="bottom-start" width={280} withinPortal>
            <Menu.Target>
              <button type="button" className={css.button} title={`c ${incident.number}`}>
                {t('action.close_incident')} <kbd>C</kbd>
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {RESULTS.filter((result) => result !== 'duplicate').map((result) => (
                <Menu.Item key={result} onClick={() => void actions.close(incident, result, '')} rightSection={<code>{`c ${incident.number} ${codeOf(RESULT_CODES, result)}`}</code>}>
                  {t(`result.${result}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          {desk.mayDispatch && <Menu position="bottom-start" width={260} withinPortal>
            <Menu.Target>
              <button type="button" className={css.button} title={`p ${incident.number}`}>
                {t('action.priority')} <kbd>P</kbd>
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {PRIORITIES.map((priority) => (
                <Menu.Item
                  key={priority}
                  disabled={priority === incident.priority}
                  leftSection={<PriorityIcon priority={priority} size={16} />}
                  rightSection={<code>{`p ${incident.number} ${codeOf(PRIORITY_CODES, priority)}`}</code>}
                  onClick={() => void actions.priority(incident.id, priority)}
                >
                  {t(`priority.${priority}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>}
          <button type="button" className={css.button} title="l …" onClick={() => desk.lookUp('', incident.id)}>
            {t('action.look_up')} <kbd>F4</kbd>
          </button>
          <ToArchive incidentId={incident.id} className={css.button} />
          <button type="button" className={css.button} title={`n ${incident.number} …`} onClick={() => toCommandLine(desk, `n ${incident.number} `)}>
            {t('action.note')} <kbd>N</kbd>
          </button>
        </div>
      )}
    </header>
  )
}

/** The steps with their times, each against the field's target; a missed target has a sign and a word. */
function Steps({ incident, now }: { incident: Incident; now: number }) {
  const { t } = useTranslation()
  const { received, answered, dispatched, en_route, on_scene } = incident.times
  const start = received ?? incident.times.opened
  const seconds = (from: string | null, to: string | null) =>
    from === null ? null : ((to ? Date.parse(to) : incident.times.closed ? Date.parse(incident.times.closed) : now) - Date.parse(from)) / 1000
  const steps = [
    { word: t('step.answered'), at: answered, took: seconds(start, answered), target: ANSWER_WITHIN_S },
    { word: t('step.dispatched'), at: dispatched, took: seconds(answered ?? start, dispatched), target: DISPATCH_WITHIN_S },
    { word: t('step.en_route'), at: en_route, took: dispatched ? seconds(dispatched, en_route) : null, target: null },
    { word: t('step.on_scene'), at: on_scene, took: dispatched ? seconds(dispatched, on_scene) : null, target: null },
  ]
  // The first step that is not made yet runs; those after it wait.
  const running = steps.findIndex((step) => step.at === null)
  return (
    <ol className={own.steps}>
      {steps.map((step, i) => {
        const shown = step.took !== null && (step.at !== null || (i === running && incident.state !== 'closed'))
        const late = shown && step.target !== null && step.took! > step.target
        return (
          <li key={step.word} data-done={step.at !== null || undefined} data-running={(shown && step.at === null) || undefined} data-late={late || undefined} title={step.at ? clock(step.at) : undefined}>
            <span className={own.stepWord}>{step.word}</span>
            <span className={own.stepTime}>
              {late && <span aria-label={t('step.late')}>▲ </span>}
              {shown ? clockFace(Math.max(0, step.took!)) : '–'}
              {step.target !== null && <span className={own.stepTarget}> / {clockFace(step.target)}</span>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
