import {
  alertPriority, type AlertView, clock, clockFace, compare, dayTime, elapsed, gravestFirst, Icon, inWords, isOpen, lookWord, Plate, PriorityIcon, sayPlate, surety, useNow,
} from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk, useUnits } from '../../desk/context'
import { Picture } from '../Picture'
import shared from '../plates.module.css'
import css from './alerts.module.css'
import { Standing } from '../Standing'
import { wayOf } from '../way'
import { Answering } from './Answering'
import { ClonePair } from './ClonePair'

/** One alert, top to bottom: which car, how sure, what it looks like, who meets it where, why, what was said. */
export function AlertCard({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const { read } = alert
  const priority = alertPriority(alert)
  const way = wayOf(read.heading ?? read.camera.heading)
  return (
    <article className={css.card} aria-label={t('alerts.card', { plate: alert.plate })}>
      <header className={css.cardHead} data-priority={priority}>
        <div className={css.cardPlate}>
          <Plate text={alert.plate} series={alert.series} size={46} />
          <Standing alert={alert} />
        </div>
        <h1>
          <PriorityIcon priority={priority} size={20} title={t(`priority.${priority}`)} />
          {gravestFirst(alert.grounds).map((each) => t(`ground.${each.code}`)).join(' · ')}
        </h1>
        <p>
          <strong>{t(`alert_action.${alert.action}`)}</strong>
          <span className={shared.dim}> · {t('alerts.ago', { time: elapsed(read.at, now) })} · {read.camera.name}</span>
        </p>
      </header>
      <div className={css.cardBody}>
        {!alert.confirmed && isOpen(alert) && <p className={css.lead}>{t('alerts.lead')}</p>}
        {alert.pair ? <ClonePair alert={alert} pair={alert.pair} /> : (
          <div className={css.pictures}>
            <Picture read={read} kind="car" />
            <Picture read={read} kind="plate" />
          </div>
        )}
        {isOpen(alert) && (
          <div className={shared.tools}>
            <button type="button" onClick={() => desk.follow({ kind: 'alert', id: alert.id, label: sayPlate(alert.plate) })}>
              <Icon name="camera" size={16} /> {t('follow.start')}
            </button>
          </div>
        )}
        <Told alert={alert} now={now} />
        <section className={css.part}>
          <h2>{t('alerts.why')}</h2>
          {gravestFirst(alert.grounds).map((each) => (
            <div key={each.code} className={css.ground}>
              <p>
                {/* A list says its reason in its own words; what the centre found says all in one. */}
                <strong>{typeof each.why === 'string' ? t(`ground.${each.code}`) : inWords(each.why)}</strong> {typeof each.why === 'string' && each.why}
              </p>
              <p className={shared.dim}>
                {t('alerts.surety', { word: t(`surety.${surety(each.score)}`), score: each.score })}
                {' · '}
                {t('alerts.source', { source: each.source === 'jedel' ? 'Jedel' : each.source })}
                {each.as_of && ` · ${t('alerts.as_of', { day: dayTime(each.as_of) })}`}
              </p>
            </div>
          ))}
          <p className={shared.dim}>{t('alerts.read', { frames: read.frames, weakest: read.weakest })}</p>
        </section>
        <Looks alert={alert} />
        <section className={css.part}>
          <h2>{t('alerts.passings')}</h2>
          <ol className={css.passings}>
            {alert.passings.toReversed().map((each) => (
              <li key={each.read_id}>
                <time>{clock(each.at)}</time>
                <span>{each.camera.name}</span>
                {each.heading !== null && <span className={shared.dim}>{t(`heading.${wayOf(each.heading)}`)}</span>}
              </li>
            ))}
          </ol>
          {way !== null && (
            <p className={shared.dim}>
              {t('alerts.drives', { way: t(`heading.${way}`) })}
              {read.speed_kmh !== null && ` · ${t('alerts.speed', { speed: Math.round(read.speed_kmh) })}`}
            </p>
          )}
        </section>
        <Said alert={alert} />
      </div>
      {isOpen(alert) && <Answering alert={alert} />}
    </article>
  )
}

/** Which patrols were told, where they meet the car, the time that is left, and what they answered. */
function Told({ alert, now }: { alert: AlertView; now: number }) {
  const { t } = useTranslation()
  return (
    <section className={css.part}>
      <h2>{t('alerts.told')}</h2>
      {alert.units.length === 0 && <p className={shared.dim}>{t('alerts.told_none')}</p>}
      {alert.units.map((unit) => {
        const left = Math.round((Date.parse(unit.meets_at) - now) / 1_000)
        return (
          <p key={unit.unit_id} className={css.told}>
            <strong>{unit.call_sign}</strong>
            <span>{unit.meet.label}</span>
            <strong className={css.left}>{left > 0 ? clockFace(left) : t('alerts.meet_now')}</strong>
            <span className={shared.dim}>{unit.answer ? t(`alert_answer.${unit.answer}`) : t('alerts.no_answer')}</span>
          </p>
        )
      })}
    </section>
  )
}

/** What the register says beside what the camera saw; what the centre found to differ is marked. */
function Looks({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const { register } = alert
  const unknown = t('looks.unknown')
  return (
    <section className={css.part}>
      <h2>{t('alerts.compare')}</h2>
      <table className={css.compare}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('looks.registered')}</th>
            <th scope="col">{t('looks.seen')}</th>
          </tr>
        </thead>
        <tbody>
          {compare(alert).map(({ what, seen, registered, differs }) => (
            <tr key={what} data-differs={differs || undefined}>
              <th scope="row">{t(`looks.${what}`)}</th>
              <td>{[lookWord(what, registered, t) || unknown, what === 'make' && register?.model].filter(Boolean).join(' ')}</td>
              <td>
                {lookWord(what, seen, t) || unknown}
                {differs && (
                  <span className={css.differs}>
                    <Icon name="close" size={14} />
                    {t('looks.differs')}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!register && <p className={shared.dim}>{t('looks.no_register')}</p>}
      {register?.insured_until && <p className={shared.dim}>{t('alerts.insured_until', { day: dayTime(register.insured_until).slice(0, 10) })}</p>}
    </section>
  )
}

/** Every answer with who gave it, the last first. */
function Said({ alert }: { alert: AlertView }) {
  const { t } = useTranslation()
  const units = useUnits()
  if (alert.answers.length === 0) return null
  return (
    <section className={css.part}>
      <h2>{t('alerts.answers')}</h2>
      {alert.answers.toReversed().map((each) => (
        <p key={`${each.at}${each.answer}`} className={css.said}>
          <time>{clock(each.at)}</time>
          <strong>{units.find((unit) => unit.id === each.unit_id)?.call_sign ?? t('alerts.by_desk')}</strong>
          <span>
            {t(`alert_answer.${each.answer}`)}
            {each.reason && `: ${t(`refuted_for.${each.reason}`)}`}
          </span>
        </p>
      ))}
    </section>
  )
}
