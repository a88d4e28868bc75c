import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import css from './health.module.css'
import { Orders } from './Orders'
import { SchoolReport } from './SchoolReport'
import type { HealthSummary } from './types'
import { UnavailableList } from './UnavailableList'

const TABS = ['list', 'orders', 'school'] as const
const FIGURES = ['down', 'up', 'recording', 'unknown', 'orders_open'] as const

/** Whether the region's cameras see: which do not and since when, who mends them, and a school's report. */
export function CameraHealth() {
  const { t } = useTranslation()
  const { client } = useDesk()
  const [tab, setTab] = useState<(typeof TABS)[number]>('list')
  const summary = useQuery({
    queryKey: ['camera-health'],
    queryFn: ({ signal }) => client.get<HealthSummary>('/api/camera-health', signal),
    refetchInterval: 5_000,
  }).data
  return (
    <section className={css.health} aria-label={t('camhealth.summary')}>
      <header className={css.head}>
        <dl className={css.figures}>
          {FIGURES.map((name) => (
            <div key={name} data-name={name}>
              <dt>
                {name !== 'orders_open' && <i className={css.sign} data-state={name} aria-hidden />}
                {t(`camhealth.${name}`)}
              </dt>
              <dd>{summary ? summary[name].toLocaleString('ru-KZ') : '…'}</dd>
            </div>
          ))}
        </dl>
        <nav className={css.tabs} role="tablist" aria-label={t('camhealth.summary')}>
          {TABS.map((each) => (
            <button key={each} type="button" role="tab" aria-selected={tab === each} onClick={() => setTab(each)}>
              {t(`camhealth.tab_${each}`)}
            </button>
          ))}
        </nav>
      </header>
      {tab === 'list' && <UnavailableList />}
      {tab === 'orders' && <Orders />}
      {tab === 'school' && <SchoolReport />}
    </section>
  )
}
