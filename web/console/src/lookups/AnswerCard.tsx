import {
  clock, Icon, partLines, partSource, partTitle, PriorityIcon, Problem, problemText, type Part, type Tone, toneOf, useNow,
} from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { ANSWER_LIFE_MS, type Asked } from './asking'
import css from './lookups.module.css'

/** One answer on one screen: what matters first, in colour, sign and word; where it comes from and how old it is. */
export function AnswerCard({ asked, onAgain }: { asked: Asked; onAgain: (asked: Asked) => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const { answer, fault, reading } = asked
  const over = now - asked.at > ANSWER_LIFE_MS && answer?.state !== 'asked'
  return (
    <article className={css.answer} aria-live="polite" aria-label={reading.number} aria-busy={!answer && !fault}>
      <header className={css.answerHead}>
        <div>
          <p className={css.dim}>{t(`asked_by.${reading.by}`)}</p>
          <h1 className={css.number}>{reading.number}</h1>
        </div>
        <p className={css.when}>
          {clock(new Date(asked.at).toISOString())}
          {answer?.decided_by && answer.state === 'granted' && <span>{t('lookups.granted_by', { name: answer.decided_by })}</span>}
        </p>
      </header>
      {fault !== null && (
        <div className={css.refused} role="alert">
          <Icon name={fault instanceof Problem ? 'close' : 'unlink'} size={20} />
          <p>{problemText(fault, t)}</p>
          {!(fault instanceof Problem) && (
            <button type="button" className={css.button} onClick={() => onAgain(asked)}>
              {t('action.again')}
            </button>
          )}
        </div>
      )}
      {!answer && fault === null && <div className="j-skeleton" style={{ height: 96 }} />}
      {answer?.state === 'asked' && (
        <div className={css.waits} role="status">
          <Icon name="clock" size={22} />
          <div>
            <strong>{t('lookups.waits')}</strong>
            <p>{t('lookups.waits_what')}</p>
          </div>
        </div>
      )}
      {answer?.state === 'refused' && (
        <div className={css.refused} role="alert">
          <Icon name="close" size={20} />
          <p>
            <strong>{t('lookups.refused_by', { name: answer.decided_by ?? '' })}</strong>
            <br />
            {answer.refusal}
          </p>
        </div>
      )}
      {over && answer?.parts && <p className={css.dim}>{t('lookups.over')}</p>}
      {!over && answer?.parts && <Parts parts={answer.parts} now={now} />}
    </article>
  )
}

function Parts({ parts, now }: { parts: Part[]; now: number }) {
  const { t } = useTranslation()
  const silent = parts.some((part) => toneOf(part) === 'unavailable')
  const calm = !parts.some((part) => ['emergency', 'urgent', 'routine', 'unavailable'].includes(toneOf(part)))
  return (
    <>
      {silent && <p className={css.incomplete}>{t('lookups.incomplete')}</p>}
      {calm && <p className={css.calm}><Icon name="check" size={18} />{t('lookups.calm')}</p>}
      <ol className={css.parts}>
        {parts.map((part, i) => (
          <li key={`${part.code}-${part.kind}-${i}`} className={css.part} data-tone={toneOf(part)}>
            <Sign tone={toneOf(part)} />
            <div className={css.partWords}>
              <h3>{partTitle(part, t)}</h3>
              {partLines(part, t).map((line, k) => (
                <p key={k}>{line}</p>
              ))}
            </div>
            <p className={css.source}>{partSource(part, t, now)}</p>
          </li>
        ))}
      </ol>
    </>
  )
}

function Sign({ tone }: { tone: Tone }) {
  if (tone === 'emergency' || tone === 'urgent' || tone === 'routine') return <PriorityIcon priority={tone} size={24} />
  if (tone === 'unavailable') return <Icon name="unlink" size={22} />
  return <Icon name={tone === 'clear' ? 'check' : 'right'} size={20} />
}
