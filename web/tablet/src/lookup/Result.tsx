import { type Answer, Icon, partLines, partSource, partTitle, PriorityIcon, type Tone, toneOf } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

import type { FoundOffline } from './keeper'

/** What the centre answered, on one screen: what matters first, in colour, sign and word. */
export function Result({ number, answer }: { number: string; answer: Answer }) {
  const { t } = useTranslation()
  const parts = answer.parts ?? []
  const silent = parts.some((part) => toneOf(part) === 'unavailable')
  return (
    <article className="look-answer" aria-live="polite" aria-label={number}>
      <h1 className="look-number">{number}</h1>
      {answer.state === 'asked' && (
        <p className="look-part" data-tone="plain" role="status">
          <Icon name="clock" size={28} />
          <strong>{t('lookup.waits')}</strong>
        </p>
      )}
      {answer.state === 'refused' && (
        <p className="look-part" data-tone="urgent" role="alert">
          <Icon name="close" size={28} />
          <span>
            <strong>{t('lookup.refused', { name: answer.decided_by ?? '' })}</strong>
            <span className="look-line">{answer.refusal}</span>
          </span>
        </p>
      )}
      {silent && <p className="look-incomplete">{t('lookup.incomplete')}</p>}
      <ol className="look-parts">
        {parts.map((part, i) => (
          <li key={`${part.code}${part.kind}${i}`} className="look-part" data-tone={toneOf(part)}>
            <Sign tone={toneOf(part)} />
            <div>
              <strong>{partTitle(part, t)}</strong>
              {partLines(part, t).map((line, k) => (
                <span key={k} className="look-line">
                  {line}
                </span>
              ))}
              <span className="look-source">{partSource(part, t)}</span>
            </div>
          </li>
        ))}
      </ol>
    </article>
  )
}

/** What the list on the device said, and what it cannot say. */
export function OfflineResult({ said }: { said: FoundOffline }) {
  const { t } = useTranslation()
  return (
    <article className="look-answer" aria-live="polite" aria-label={said.plate}>
      <h1 className="look-number">{said.plate}</h1>
      {said.found ? (
        <div className="look-part" data-tone="emergency">
          <PriorityIcon priority="emergency" size={32} />
          <div>
            <strong>{t('part.wanted')}</strong>
            <span className="look-line">{said.found.reason}</span>
          </div>
        </div>
      ) : (
        <div className="look-part" data-tone="unavailable">
          <Icon name="unlink" size={28} />
          <div>
            <strong>{t('lookup.not_on_list')}</strong>
            <span className="look-line">{t('lookup.not_on_list_what')}</span>
          </div>
        </div>
      )}
      <p className="look-offline">{t(said.complete ? 'lookup.list_of' : 'lookup.list_part', { time: whenOf(said.listAt), asOf: said.asOf ? whenOf(Date.parse(said.asOf)) : '–' })}</p>
    </article>
  )
}

/** Day and time, "22.11 14:02". */
export function whenOf(ms: number): string {
  const date = new Date(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(date.getDate())}.${two(date.getMonth() + 1)} ${two(date.getHours())}:${two(date.getMinutes())}`
}

function Sign({ tone }: { tone: Tone }) {
  if (tone === 'emergency' || tone === 'urgent' || tone === 'routine') return <PriorityIcon priority={tone} size={30} />
  return <Icon name={tone === 'unavailable' ? 'unlink' : tone === 'clear' ? 'check' : 'right'} size={26} />
}
