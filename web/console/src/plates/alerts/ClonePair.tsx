import { type AlertView, clock, clockFace, distance, lookWord, type PlateRead } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { Picture } from '../Picture'
import shared from '../plates.module.css'
import css from './alerts.module.css'
import { secondOf } from './drawing'

/** One plate at two places: both cars side by side, and why one car cannot have been at both. */
export function ClonePair({ alert, pair }: { alert: AlertView; pair: NonNullable<AlertView['pair']> }) {
  const { t } = useTranslation()
  const second = secondOf(alert, pair)
  return (
    <section className={css.clone} aria-label={t('alerts.pair')}>
      <h2>{t('alerts.pair')}</h2>
      <p className={css.cloneWhy}>
        {t('alerts.pair_what', {
          metres: distance(pair.metres, t('unit.m'), t('unit.km')),
          gap: clockFace(Math.round(pair.seconds)),
          fastest: clockFace(Math.round(pair.fastest_s)),
        })}
      </p>
      <div className={css.places}>
        <Place word={t('alerts.first_place')} read={pair.before} />
        {second?.read ? (
          <Place word={t('alerts.second_place')} read={second.read} />
        ) : (
          second && (
            <div className={shared.place}>
              <p>
                <span className={shared.dim}>{t('alerts.second_place')}</span> <time>{clock(second.at)}</time>
              </p>
              <p>
                <strong>{second.camera.name}</strong>
              </p>
            </div>
          )
        )}
      </div>
    </section>
  )
}

function Place({ word, read }: { word: string; read: PlateRead }) {
  const { t } = useTranslation()
  const looks = (['make', 'colour', 'body'] as const).map((what) => lookWord(what, read[what], t)).filter(Boolean)
  return (
    <div className={shared.place}>
      <p>
        <span className={shared.dim}>{word}</span> <time>{clock(read.at)}</time>
      </p>
      <Picture read={read} kind="car" />
      <Picture read={read} kind="plate" />
      <p>
        <strong>{read.camera.name}</strong>
      </p>
      {looks.length > 0 && <p className={shared.dim}>{looks.join(', ')}</p>}
    </div>
  )
}
