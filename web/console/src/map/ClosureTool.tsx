import { type Closure, clock, Icon, useCollection } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../desk/context'
import { useActions } from '../desk/useActions'
import css from './map.module.css'

const HOURS = [1, 3, 12, 24]

/** Closes or slows a street along the points clicked on the map; lists what is in force, to be lifted. */
export function ClosureTool() {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const drawn = useScreen((screen) => screen.drawn)
  const closures = useCollection<Closure>(desk.feed, 'closures')
  const [factor, setFactor] = useState(0)
  const [hours, setHours] = useState<number | null>(3)
  const [note, setNote] = useState('')

  async function save() {
    const until = hours === null ? null : new Date(Date.now() + hours * 3_600_000).toISOString()
    if (await actions.closeStreet(drawn, factor, note.trim(), until)) desk.screen.set({ picking: null, drawn: [] })
  }
  const choice = (word: string, on: boolean, choose: () => void) => (
    <button key={word} type="button" className={css.button} aria-pressed={on} onClick={choose}>
      {word}
    </button>
  )
  return (
    <section className={css.peek} aria-label={t('closure.draw')}>
      <div className={css.peekHead}>
        <Icon name="barrier" />
        <strong>{t('closure.draw')}</strong>
        <button type="button" className={css.x} aria-label={t('action.dismiss')} onClick={() => desk.screen.set({ picking: null, drawn: [] })}>
          <Icon name="close" size={16} />
        </button>
      </div>
      <p className={css.peekLine}>{drawn.length < 2 ? t('closure.how') : t('closure.points', { count: drawn.length })}</p>
      <div className={css.peekActions}>
        {choice(t('closure.closed'), factor === 0, () => setFactor(0))}
        {choice(t('closure.slow'), factor === 0.5, () => setFactor(0.5))}
      </div>
      <p className={`${css.peekLine} ${css.dim}`}>{t('closure.until')}</p>
      <div className={css.peekActions}>
        {HOURS.map((each) => choice(t('closure.hours', { hours: each }), hours === each, () => setHours(each)))}
        {choice(t('closure.open_end'), hours === null, () => setHours(null))}
      </div>
      <input className={css.field} value={note} maxLength={4000} placeholder={t('closure.note')} aria-label={t('closure.note')} onChange={(event) => setNote(event.target.value)} />
      <div className={css.peekActions}>
        <button type="button" className={css.primary} disabled={drawn.length < 2} onClick={() => void save()}>
          {t('closure.save')}
        </button>
      </div>
      {closures.length > 0 && (
        <>
          <p className={`${css.peekLine} ${css.dim}`}>{t('closure.lift_all', { count: closures.length })}</p>
          <ul className={css.inForce}>
            {closures.map((closure) => (
              <li key={closure.id}>
                <span>
                  {closure.note || closure.street || t(closure.factor === 0 ? 'closure.closed' : 'closure.slow')}
                  {closure.until && <span className={css.dim}> · {clock(closure.until).slice(0, 5)}</span>}
                </span>
                <button type="button" className={css.button} onClick={() => void actions.reopenStreet(closure.id)}>
                  {t('closure.lift')}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
