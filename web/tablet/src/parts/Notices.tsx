/** What the officer must have read: presses that the centre did not take, jobs that it took away. */
import { Icon, Plate, sayPlate } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import { useTablet } from '../hooks/tablet'
import type { Command } from '../offline/queue'
import { hhmm } from './Banners'

/** The words of the button that was pressed. */
export const BUTTON: Record<Command['what'], string> = {
  en_route: 'job.go',
  on_scene: 'job.arrived',
  result: 'job.result',
  shift_on: 'shift.start',
  shift_off: 'shift.end',
  available: 'ready.say_available',
  busy: 'ready.say_busy',
  alert_seen: 'alert.i_see',
  alert_confirmed: 'alert.confirm',
  alert_stopped: 'alert.stopped',
  alert_refuted: 'alert.not_it',
  alert_lost: 'alert.lost',
}

/** The centre names times in UTC; the crew reads its own clock. */
export const localTimes = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/g, (each) => hhmm(Date.parse(each)))

export function Notices() {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const refusal = view.refusals[0]
  const gone = view.taken[0]
  const off = view.withdrawn[0]
  if (!refusal && !gone && !off) return null
  const close = (): void => {
    if (refusal) void tablet.understood(refusal)
    else if (gone) tablet.dismiss(gone)
    else if (off) tablet.dismissWithdrawn(off)
  }
  const title = refusal
    ? t('conflict.title')
    : gone
      ? t(gone.why === 'released' ? 'taken.released' : 'taken.closed', { number: gone.incident.number })
      : t('withdrawn.title')
  const number = refusal?.command.number
  return (
    <div className="notice-ground">
      <div
        className="notice"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="notice-title"
        aria-describedby="notice-text"
      >
        <div className="notice-head">
          <Icon name={refusal ? 'close' : 'note'} size={32} />
          <h2 id="notice-title">{title}</h2>
        </div>
        {refusal && (
          <div id="notice-text">
            <p className="notice-what">
              {t('conflict.what', { time: hhmm(refusal.command.at), what: t(BUTTON[refusal.command.what]) })}
              {number != null && ` · ${t('job.number', { number })}`}
              {refusal.command.alert && ` · ${sayPlate(refusal.command.alert.plate)}`}
            </p>
            <p className="notice-why">
              {localTimes(refusal.problem.detail) || t('conflict.no_reason', { code: refusal.problem.code })}
            </p>
          </div>
        )}
        {!refusal && !gone && off && (
          <div id="notice-text">
            <Plate text={off.alert.plate} series={off.alert.series} size={52} />
            <p className="notice-why">{t(`withdrawn.${off.why}`)}</p>
          </div>
        )}
        <button type="button" className="action" autoFocus onClick={close}>
          {t('conflict.understood')}
        </button>
      </div>
    </div>
  )
}
