import { useTranslation } from 'react-i18next'
import { ArchiveTab } from '../archive'
import type { CamerasTab } from '../desk/desk'
import { useDesk, useScreen } from '../desk/context'
import room from '../shell/room.module.css'
import { Boundary } from '../shell/Boundary'
import { CamerasAdmin } from './admin/CamerasAdmin'
import { CameraHealth } from './health/CameraHealth'
import { WallTab } from './wall/WallTab'

const TABS: CamerasTab[] = ['wall', 'archive', 'health', 'registry']

/** Cameras: walls of live pictures, what was recorded, whether they see, what there is. */
export function CamerasRoom() {
  const { t } = useTranslation()
  const desk = useDesk()
  const tab = useScreen((screen) => screen.camerasTab)
  return (
    <section className={room.room} aria-label={t('rail.cameras')}>
      <nav className={room.tabs} role="tablist" aria-label={t('rail.cameras')}>
        {TABS.map((each) => (
          <button key={each} type="button" role="tab" className={room.tab} aria-selected={tab === each} onClick={() => desk.screen.set({ camerasTab: each })}>
            {t(`cameras.${each}`)}
          </button>
        ))}
      </nav>
      <div className={room.stage}>
        <Boundary key={tab}>
          {tab === 'wall' && <WallTab />}
          {tab === 'archive' && <ArchiveTab />}
          {tab === 'health' && <CameraHealth />}
          {tab === 'registry' && <CamerasAdmin client={desk.client} me={desk.me} onDone={(text) => desk.notify('done', text)} />}
        </Boundary>
      </div>
    </section>
  )
}
