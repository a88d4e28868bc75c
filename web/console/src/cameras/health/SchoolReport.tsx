import { currentLanguage, dayTime, inWords, problemText, type Site, tenths } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { Skeleton } from '../../shell/Skeleton'
import css from './health.module.css'
import type { Compliance } from './types'

/** A school's cameras against what is required of them: placement by zone, keeping, quality, health. */
export function SchoolReport() {
  const { t } = useTranslation()
  const { client } = useDesk()
  const [site, setSite] = useState('')
  const schools = useQuery({
    queryKey: ['sites', 'school'],
    queryFn: ({ signal }) => client.get<Site[]>('/api/sites?kind=school', signal),
    staleTime: 300_000,
  }).data
  const asked = useQuery({
    queryKey: ['camera-health', 'school', site],
    queryFn: ({ signal }) => client.get<Compliance>(`/api/sites/${site}/camera-compliance`, signal),
    enabled: site !== '',
  })
  const report = asked.data
  const sorted = [...(schools ?? [])].sort((a, b) => inWords(a.name).localeCompare(inWords(b.name), undefined, { numeric: true }))
  return (
    <div className={css.scroll}>
      <div className={css.choose}>
        <label>
          {t('camhealth.school')}
          <select value={site} onChange={(event) => setSite(event.target.value)}>
            <option value="">{t('camhealth.choose_school')}</option>
            {sorted.map((each) => (
              <option key={each.id} value={each.id}>
                {inWords(each.name)}
              </option>
            ))}
          </select>
        </label>
        {report && (
          <>
            <a href={`/api/sites/${site}/camera-compliance?form=csv`} download>
              {t('camhealth.export')}
            </a>
            <button type="button" className={css.button} onClick={() => window.print()}>
              {t('camhealth.print')}
            </button>
          </>
        )}
      </div>
      {site === '' && <p className={css.empty}>{t('camhealth.choose_how')}</p>}
      {asked.isError && (
        <p className={css.empty} role="alert">
          {problemText(asked.error, t)}
        </p>
      )}
      {asked.isPending && site !== '' && <Skeleton rows={8} />}
      {report && <Report report={report} />}
    </div>
  )
}

/** 2026-01-01 as everybody here writes it: 01.01.2026. */
const day = (date: string) => date.split('-').reverse().join('.')

function Report({ report }: { report: Compliance }) {
  const { t } = useTranslation()
  return (
    <article className={css.report}>
      <h2>
        {inWords(report.site.name)} <Mark met={report.met} />
      </h2>
      <p className={css.dim}>
        {report.site.address} · {dayTime(report.made_at)} · {t('camhealth.rules_of', { date: day(report.rules.as_of) })}
      </p>
      {report.rules.source === null && <p className={css.dim}>{t('camhealth.ours')}</p>}
      <h3>{t('camhealth.zones')}</h3>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('camhealth.zone')}</th>
            <th scope="col">{t('camhealth.required')}</th>
            <th scope="col">{t('camhealth.there')}</th>
            <th scope="col">{t('camhealth.up')}</th>
            <th scope="col">{t('camhealth.met')}</th>
          </tr>
        </thead>
        <tbody>
          {report.zones.map((zone) => (
            <tr key={zone.zone}>
              <td>{t(`camzone.${zone.zone}`)}</td>
              <td>{zone.required ?? '–'}</td>
              <td>{zone.found}</td>
              <td>{zone.up}</td>
              <td>
                <Mark met={zone.met} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{t('camhealth.cameras')}</h3>
      <table className={css.table}>
        <thead>
          <tr>
            {['camera', 'zone', 'state', 'resolution', 'retention', 'seen_share'].map((name) => (
              <th key={name} scope="col">
                {t(`camhealth.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.cameras.map((each) => (
            <tr key={each.id}>
              <td>
                {each.name}
                <small>№ {each.number}</small>
              </td>
              <td>{each.zone ? t(`camzone.${each.zone}`) : '–'}</td>
              <td>
                <i className={css.sign} data-state={each.state} aria-hidden /> {t(`camstate.${each.state}`)}
                {each.fault && <small>{t(`camfault.${each.fault}`)}</small>}
              </td>
              <td>
                {each.width ? `${each.width}×${each.height}` : '–'} <Mark met={each.resolution_met} />
              </td>
              <td>
                {each.kept_days === null ? `– / ${each.keep_days}` : `${Math.floor(each.kept_days)} / ${each.keep_days}`} <Mark met={each.retention_met} />
              </td>
              <td>
                {each.seen_share === null ? '–' : `${tenths(each.seen_share * 100, currentLanguage())} %`} <Mark met={each.health_met} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  )
}

/** By its form and its word; a requirement that is not met is amber, as a missed target is. */
function Mark({ met }: { met: boolean | null }) {
  const { t } = useTranslation()
  const word = met === null ? 'not_known' : met ? 'met' : 'not_met'
  return (
    <span className={css.mark} data-met={String(met)} title={t(`camhealth.${word}`)}>
      {met === null ? '?' : met ? '✓' : '▲'} <span className={css.word}>{t(`camhealth.${word}`)}</span>
    </span>
  )
}
