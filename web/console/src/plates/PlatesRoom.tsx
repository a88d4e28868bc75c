import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlerts, useDesk, useScreen } from '../desk/context'
import { Boundary } from '../shell/Boundary'
import { AlertsTab } from './alerts/AlertsTab'
import { CamerasTab } from './cameras/CamerasTab'
import { useWaitingEntries } from './count'
import { ListsTab } from './lists/ListsTab'
import room from '../shell/room.module.css'
import { SearchTab } from './search/SearchTab'

const TABS = ['alerts', 'search', 'lists', 'cameras'] as const
type Tab = (typeof TABS)[number]

/** Number plates: alerts of this hour, searches in what cameras read, the lists behind, the cameras themselves. */
export function PlatesRoom() {
  const { t } = useTranslation()
  const desk = useDesk()
  const [tab, setTab] = useState<Tab>('alerts')
  const called = useScreen((screen) => screen.alertId)
  const [seen, setSeen] = useState(called)
  if (called !== seen) {
    setSeen(called)
    if (called) setTab('alerts')
  }
  const alerts = useAlerts().filter((alert) => alert.state === 'unconfirmed').length
  const counts: Partial<Record<Tab, number>> = { alerts, lists: useWaitingEntries(desk.client, desk.me) }
  return (
    <section className={room.room} aria-label={t('rail.plates')}>
      <nav className={room.tabs} role="tablist" aria-label={t('rail.plates')}>
        {TABS.map((each) => (
          <button key={each} type="button" role="tab" className={room.tab} aria-selected={tab === each} onClick={() => setTab(each)}>
            {t(`plates.${each}`)}
            {(counts[each] ?? 0) > 0 && <span className={room.count}>{counts[each]}</span>}
          </button>
        ))}
      </nav>
      <div className={room.stage}>
        <Boundary key={tab}>
          {tab === 'alerts' && <AlertsTab />}
          {tab === 'search' && <SearchTab />}
          {tab === 'lists' && <ListsTab />}
          {tab === 'cameras' && <CamerasTab client={desk.client} me={desk.me} map onDone={(text) => desk.notify('done', text)} />}
        </Boundary>
      </div>
    </section>
  )
}
