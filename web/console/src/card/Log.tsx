import { clock, type Incident, type LogEntry, PRIORITIES } from '@jedel/ui'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import type { Desk } from '../desk/desk'
import { useLog } from '../desk/queries'
import css from './card.module.css'

/** What happened, newest first: the officer reads the top line, the rest is there when he asks. */
export function Log({ incident }: { incident: Incident }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const log = useLog(incident.id)
  const entries = [...(log.data ?? [])].sort((a, b) => b.seq - a.seq)
  return (
    <section className={css.section}>
      <h3 className={css.heading}>{t('card.log')}</h3>
      {log.isPending ? (
        <div className={css.skeletons} aria-busy>
          <div className="j-skeleton" style={{ height: 18 }} />
          <div className="j-skeleton" style={{ height: 18 }} />
        </div>
      ) : log.isError ? (
        <p className={css.empty}>
          {t('card.no_log')}{' '}
          <button type="button" className={css.small} onClick={() => void log.refetch()}>
            {t('action.again')}
          </button>
        </p>
      ) : (
        <ol className={css.log}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <time dateTime={entry.at}>{clock(entry.at)}</time>
              <span>
                {says(entry, incident, desk, t)}
                <span className={css.who}> {actorName(entry, t)}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function actorName(entry: LogEntry, t: TFunction): string {
  if (entry.actor_name) return entry.actor_name
  return entry.actor.startsWith('system:') ? t('log.system') : ''
}

const PRIORITY_ORDER = Object.fromEntries(PRIORITIES.map((priority, i) => [priority, i]))

/** One entry in words: the kind gives the sentence, its facts fill it. */
function says(entry: LogEntry, incident: Incident, desk: Desk, t: TFunction): string {
  const data = entry.data
  const word = (key: string) => (typeof data[key] === 'string' || typeof data[key] === 'number' ? String(data[key]) : '')
  const unit =
    word('call_sign') ||
    incident.assignments.find((each) => each.unit_id === data['unit_id'])?.call_sign ||
    desk.unit(word('unit_id') || null)?.call_sign ||
    ''
  if (entry.kind === 'dispatch.noted') return word('text')
  if (entry.kind === 'calls.said') {
    const said = word('text') || t(`${word('side') === 'desk' ? 'call_says' : 'call_sign'}.${word('code')}`)
    return word('side') === 'desk' ? t('log.calls.said_desk', { text: said }) : t('log.calls.said_post', { text: said })
  }
  const text = word('text') || (entry.kind.startsWith('calls.') ? '' : word('reason')) || word('note') || word('purpose')
  const sentence = t(`log.${entry.kind}`, {
    unit,
    result: word('result') ? t(`result.${word('result')}`) : '',
    priority: word('to') in PRIORITY_ORDER ? t(`priority.${word('to')}`) : '',
    number: word('into_number') === String(incident.number) ? word('joined_number') : word('into_number') || word('number'),
    presses: word('presses'),
    level: word('level') ? t(`level.${word('level')}`) : '',
    defaultValue: entry.kind,
  }).trim()
  return text ? `${sentence}: ${text}` : sentence
}
