import { alertPriority, clock, Icon, Plate, PriorityIcon, type MapInfo } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { usePictures } from '../hooks/pictures'
import type { Where } from '../hooks/position'
import { useSecond, useTablet } from '../hooks/tablet'
import { useWide } from '../hooks/wide'
import { AlertMap } from '../parts/AlertMap'
import { AlertPictures } from '../parts/AlertPictures'
import { Comparison } from '../parts/Comparison'
import { ToMeet } from '../parts/ToMeet'
import { Unconfirmed } from '../parts/Unconfirmed'
import { groundLine, whyLines } from '../work/alertWords'
import { told } from '../work/alerts'
import type { AlertView } from '../work/types'
import { AlertChecks } from './AlertChecks'
import { NotIt } from './NotIt'

interface AlertProps {
  alert: AlertView
  where: Where
  info: MapInfo | null
  /** Back to the call that this crew is on. */
  onJob: (() => void) | null
}

/** The car that comes: its plate, why, where and when, and one question at a time. */
export function Alert({ alert, where, info, onJob }: AlertProps) {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const [asked, setAsked] = useState<'not_it' | null>(null)
  const unitId = view.device?.unit_id ?? ''
  const mine = told(alert, unitId)
  const pictures = usePictures(tablet, alert, view.link.up)
  const now = useSecond()
  const step = alert.confirmed ? 'confirmed' : mine?.answer === 'seen' || mine?.answer === 'confirmed' || alert.state === 'seen' ? 'seen' : 'asked'

  // Lying, the screen has room beside the map; standing, everything is one column.
  const wide = useWide()
  const evidence = (
    <>
      <AlertPictures pictures={pictures} />
      <Comparison alert={alert} />
    </>
  )

  if (asked === 'not_it') return <NotIt alert={alert} onBack={() => setAsked(null)} />
  return (
    <div className="split lookout">
      <div className="split-map">
        {info?.basemap && (
          <AlertMap info={info} label={t('alert.map')} alert={alert} unitId={unitId} here={where.fix} status={view.unit?.status ?? 'available'} />
        )}
        {wide && <div className="evidence">{evidence}</div>}
      </div>
      <section className="panel" data-priority={alertPriority(alert)} data-step={step === 'asked' ? 'assigned' : step} aria-label={t('alert.title')}>
        <div className="band">
          <PriorityIcon priority={alertPriority(alert)} size={30} />
          <div className="band-words">
            <strong>{t('alert.title')}</strong>
            <span>{t(`alert_action.${alert.action}`)}</span>
          </div>
          <time className="band-time">{t('alert.seen_ago', { time: ago(alert.read.at, now) })}</time>
        </div>
        <div className="panel-scroll">
          <div className="lookout-plate">
            <Plate text={alert.plate} series={alert.series} className="lookout-sign" />
            <Unconfirmed sure={alert.confirmed} />
          </div>
          <h1 className="what">{groundLine(alert, t)}</h1>
          <ToMeet alert={alert} mine={mine} fix={where.fix} now={now} />
          {!wide && evidence}
          <div>
            {whyLines(alert, t).map((each) => (
              <p key={each} className="why-line">
                {each}
              </p>
            ))}
          </div>
          <p className="lookout-seen">
            {t('alert.seen_by', { camera: alert.read.camera.name, time: clock(alert.read.at) })}
            {alert.passings.length > 1 && ` · ${t('alert.passings', { count: alert.passings.length })}`}
          </p>
          {view.moreAlerts > 0 && <p className="more">{t('alert.more', { count: view.moreAlerts })}</p>}
        </div>
        <div className="actions">
          <p className="caution" data-step={step}>
            <Icon name={alert.action === 'stop' ? 'hand' : 'eye'} size={30} />
            <span>
              <strong>{t(`alert_action.${alert.action}`)}.</strong> {t(alert.confirmed ? `caution_confirmed.${alert.action}` : `caution.${alert.action}`)}
              {!alert.confirmed && <span className="caution-lead"> {t('alert.lead')}</span>}
            </span>
          </p>
          {step === 'asked' && (
            <div className="pair">
              <button type="button" className="second tall" onClick={() => setAsked('not_it')}>
                {t('alert.not_it')}
              </button>
              <button type="button" className="action main" onClick={() => void tablet.answer(alert, 'seen')}>
                {t('alert.i_see')}
              </button>
            </div>
          )}
          {step === 'seen' && <AlertChecks alert={alert} onNotIt={() => setAsked('not_it')} />}
          {step === 'confirmed' && (
            <div className="pair">
              <button type="button" className="second tall" onClick={() => void tablet.answer(alert, 'lost')}>
                {t('alert.lost')}
              </button>
              {alert.action === 'stop' ? (
                <button type="button" className="action main" onClick={() => void tablet.answer(alert, 'stopped')}>
                  {t('alert.stopped')}
                </button>
              ) : (
                <p className="done">
                  <Icon name="check" size={30} />
                  {t('alert.reported')}
                </p>
              )}
            </div>
          )}
          {onJob && (
            <button type="button" className="second" onClick={onJob}>
              {t('alert.to_job', { number: view.job?.incident.number })}
            </button>
          )}
        </div>
      </section>
    </div>
  )
}

const ago = (iso: string, now: number): string => {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
