import { type Client, GROUNDS, type GroundCode, Icon, problemText, REFUTED_FOR } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import shared from '../plates.module.css'
import css from './cameras.module.css'
import type { Rate, Rates as RatesView } from '../types'

const BY = ['camera', 'ground', 'source', 'reader'] as const
const DAYS = [7, 30, 365]

/** How often officers found that it was not so: by camera, list and reader. The worst stand first. */
export function Rates({ client, onClose }: { client: Client; onClose: () => void }) {
  const { t } = useTranslation()
  const [by, setBy] = useState<(typeof BY)[number]>('camera')
  const [days, setDays] = useState(30)
  const rates = useQuery({
    queryKey: ['qorgau', 'rates', days],
    queryFn: ({ signal }) => client.get<RatesView>(`/api/qorgau/rates?days=${days}`, signal),
  })
  const rows = (rates.data?.rates ?? []).filter((each) => each.by === by).sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1) || b.alerts - a.alerts)
  const name = (each: Rate): string =>
    each.by === 'ground' && (GROUNDS as readonly string[]).includes(each.key) ? t(`ground.${each.key as GroundCode}`) : each.by === 'reader' ? t(`plate_reader.${each.key}`) : each.name === 'jedel' ? 'Jedel' : each.name
  return (
    <section className={css.rates} aria-label={t('rates.title')}>
      <header className={shared.sideHead}>
        <h2>{t('rates.title')}</h2>
        <button type="button" aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <p className={shared.dim}>{t('rates.what')}</p>
      <div className={shared.tools}>
        {BY.map((each) => (
          <button key={each} type="button" aria-pressed={by === each} onClick={() => setBy(each)}>
            {t(`rates.by_${each}`)}
          </button>
        ))}
        <select value={days} aria-label={t('rates.days')} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {t('rates.last', { days: each })}
            </option>
          ))}
        </select>
      </div>
      {rates.isError && <p className={shared.fault}>{problemText(rates.error, t)}</p>}
      {rates.isSuccess && rows.length === 0 && <p className={shared.dim}>{t('rates.none')}</p>}
      {rows.length > 0 && (
        <table className={shared.table}>
          <thead>
            <tr>
              <th>{t(`rates.by_${by}`)}</th>
              <th>{t('rates.alerts')}</th>
              <th>{t('rates.answered')}</th>
              <th>{t('rates.confirmed')}</th>
              <th>{t('rates.refuted')}</th>
              <th>{t('rates.rate')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((each) => (
              <tr key={each.key}>
                <td title={REFUTED_FOR.filter((reason) => each.reasons[reason]).map((reason) => `${t(`refuted_for.${reason}`)}: ${each.reasons[reason]}`).join(', ')}>{name(each)}</td>
                <td>{each.alerts}</td>
                <td>{each.answered}</td>
                <td>{each.confirmed}</td>
                <td>{each.refuted}</td>
                <td>{each.rate === null ? '–' : `${Math.round(each.rate * 100)} %`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(rates.data?.left_out.length ?? 0) > 0 && (
        <>
          <h3>{t('rates.left_out')}</h3>
          <ul className={css.leftOut}>
            {rates.data?.left_out.map((each) => (
              <li key={each.why}>
                {t(`left_out.${each.why}`, { defaultValue: each.why })}: {each.hits}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
