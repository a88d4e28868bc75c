import { type FoundPlace, Icon, inWords } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import { placeFound } from '../desk/place'
import css from './map.module.css'

/** A place that was looked for, or pointed at: what can be done there. */
export function FoundPeek({ place }: { place: FoundPlace }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const { lon, lat } = place
  const label = inWords(place.label)
  return (
    <section className={css.peek} aria-label={label}>
      <div className={css.peekHead}>
        <Icon name="dispatch" size={20} />
        <strong>{label}</strong>
        <button type="button" className={css.x} aria-label={t('action.dismiss')} onClick={() => desk.screen.set({ found: null })}>
          <Icon name="close" size={16} />
        </button>
      </div>
      {place.detail && <p className={`${css.peekLine} ${css.dim}`}>{inWords(place.detail)}</p>}
      <div className={css.peekActions}>
        <button type="button" className={css.button} onClick={() => desk.lookAt(placeFound(place))}>
          <Icon name="eye" size={15} />
          {t('place.look')} <kbd>E</kbd>
        </button>
        {desk.mayDispatch && (
          <button type="button" className={css.button} onClick={() => desk.screen.set({ found: null, draft: { class: 'call', priority: 'routine', place: { lon, lat, label: place.kind === 'point' ? '' : label } } })}>
            <Icon name="plus" size={15} />
            {t('place.open')}
          </button>
        )}
      </div>
    </section>
  )
}
