import { distance, type Incident, minutes, type Recommendation, UnitIcon } from '@jedel/ui'
import { useMediaQuery } from '@mantine/hooks'
import type { TFunction } from 'i18next'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useUnits } from '../desk/context'
import { useRecommendation } from '../desk/queries'
import { useActions } from '../desk/useActions'
import css from './card.module.css'
import { mayPress, type Shown, settle } from './hold'

type Offer = Recommendation['units'][number]

/** Whom to send, best first: a digit sends. The order comes with its reason. */
export function Recommended({ incident }: { incident: Incident }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  const low = useMediaQuery('(max-height: 850px)') ?? false
  const answer = useRecommendation(incident.id)
  const free = useUnits().filter((unit) => unit.status === 'available' && !unit.silent).length
  const sent = new Set(incident.assignments.filter((each) => each.status !== 'released').map((each) => each.unit_id))
  const fresh = (answer.data?.units ?? []).filter((each) => !sent.has(each.unit_id)).slice(0, sent.size > 0 || low ? 3 : 5)

  const shown = useRef<Shown<Offer>>({ offers: [], since: 0 })
  shown.current = settle(shown.current, fresh, Date.now())
  const offers = shown.current.offers

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.repeat) return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"], [role="menu"]')) return
      if (desk.screen.get().room !== 'dispatch' || !/^(Digit|Numpad)[1-9]$/.test(event.code)) return
      const offer = offers[Number(event.code.slice(-1)) - 1]
      if (!offer || !desk.mayDispatch) return
      event.preventDefault()
      if (desk.tooFresh || !mayPress(shown.current, Date.now())) return
      void actions.assign(incident, { id: offer.unit_id, call_sign: offer.call_sign })
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })

  return (
    <section className={css.section}>
      <h3 className={css.heading}>
        {sent.size > 0 ? t('card.send_more') : t('card.send')}
        {answer.data?.estimated && <span className={css.warning}>▲ {t('card.estimated')}</span>}
        {!!answer.data && answer.data.wanted > 1 && <span className={css.dim}>{t('card.wanted', { count: answer.data.wanted })}</span>}
      </h3>
      {answer.isPending ? (
        <div className={css.skeletons} aria-busy>
          {[0, 1, 2].map((i) => (
            <div key={i} className="j-skeleton" style={{ height: 40 }} />
          ))}
        </div>
      ) : answer.isError && offers.length === 0 ? (
        <p className={css.empty}>
          {t('card.no_recommendation')}{' '}
          <button type="button" className={css.small} onClick={() => void answer.refetch()}>
            {t('action.again')}
          </button>
        </p>
      ) : offers.length === 0 ? (
        <p className={css.empty}>{free === 0 ? t('card.nobody_free') : t('card.nobody_found')}</p>
      ) : (
        <ol className={css.offers}>
          {offers.map((offer, i) => (
            <li key={offer.unit_id}>
              <OfferRow offer={offer} place={i + 1} incident={incident} first={i === 0 && sent.size === 0} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function OfferRow({ offer, place, incident, first }: { offer: Offer; place: number; incident: Incident; first: boolean }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const actions = useActions()
  return (
    <button
      type="button"
      className={css.offer}
      data-first={first || undefined}
      disabled={!desk.mayDispatch}
      title={`a ${incident.number} ${offer.call_sign}`}
      onClick={() => void actions.assign(incident, { id: offer.unit_id, call_sign: offer.call_sign })}
      onMouseEnter={() => desk.screen.set({ lookedAt: offer.unit_id })}
      onMouseLeave={() => desk.screen.set({ lookedAt: null })}
      onFocus={() => desk.screen.set({ lookedAt: offer.unit_id })}
      onBlur={() => desk.screen.set({ lookedAt: null })}
    >
      <kbd>{desk.mayDispatch ? place : '–'}</kbd>
      <UnitIcon status={offer.status} size={20} title={t(`status.${offer.status}`)} />
      <strong className={css.sign}>{offer.call_sign}</strong>
      <span className={css.eta}>{minutes(offer.eta_s)}</span>
      <span className={css.far}>{distance(offer.metres, t('unit.m'), t('unit.km'))}</span>
      <span className={css.reason}>{reasonText(offer, t)}</span>
      <code className={css.command}>{`a ${incident.number} ${offer.call_sign}`}</code>
    </button>
  )
}

/** The server gives the reason as a code with figures; the words are the console's. */
function reasonText({ reason }: Offer, t: TFunction): string {
  const seconds = typeof reason.params['seconds'] === 'number' ? minutes(reason.params['seconds']) : ''
  const metres = typeof reason.params['metres'] === 'number' ? distance(reason.params['metres'], t('unit.m'), t('unit.km')) : ''
  const skill = typeof reason.params['skill'] === 'string' ? t(`skill.${reason.params['skill']}`, { defaultValue: reason.params['skill'] }) : ''
  return t(`reason.${reason.code}`, { seconds, metres, skill, wanted: reason.params['wanted'] ?? '', defaultValue: '' })
}
