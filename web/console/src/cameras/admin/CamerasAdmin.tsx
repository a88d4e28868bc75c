import type { Client, Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './admin.module.css'
import { CameraList } from './CameraList'
import { Groups } from './Groups'
import { ImportFile } from './ImportFile'
import { Onvif } from './Onvif'
import { Rights } from './Rights'
import { Waiting } from './Waiting'

const TABS = ['list', 'groups', 'rights', 'waiting', 'file', 'onvif'] as const
const ADMINISTRATORS: readonly string[] = ['file', 'onvif']
const WRITERS: readonly string[] = ['groups', 'rights', 'waiting']

/** The registry of cameras: what there is, in groups, and who may see it. */
export function CamerasAdmin({ client, me, onDone }: { client: Client; me: Me; onDone: (text: string) => void }) {
  const { t } = useTranslation()
  const [tab, setTab] = useState<(typeof TABS)[number]>('list')
  const writes = me.role === 'administrator' || me.role === 'supervisor'
  const mine = TABS.filter((each) => (me.role === 'administrator' || !ADMINISTRATORS.includes(each)) && (writes || !WRITERS.includes(each)))
  const desk = { client, me, say: onDone }
  return (
    <section className={css.admin} aria-label={t('camreg.title')}>
      <nav className={css.tabs} role="tablist" aria-label={t('camreg.title')}>
        {mine.map((each) => (
          <button key={each} type="button" role="tab" aria-selected={tab === each} onClick={() => setTab(each)}>
            {t(`camreg.tab_${each}`)}
          </button>
        ))}
      </nav>
      <div className={css.stage}>
        {tab === 'list' && <CameraList desk={desk} writes={writes} />}
        {tab === 'groups' && <Groups desk={desk} />}
        {tab === 'rights' && <Rights desk={desk} />}
        {tab === 'waiting' && <Waiting desk={desk} />}
        {tab === 'file' && <ImportFile desk={desk} />}
        {tab === 'onvif' && <Onvif desk={desk} />}
      </div>
    </section>
  )
}
