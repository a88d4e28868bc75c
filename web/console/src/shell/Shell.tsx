import { CamerasRoom } from '../cameras/CamerasRoom'
import { CallKeeper } from '../calls/keeper'
import { OpeningKeeper } from '../cameras/school/OpeningKeeper'
import { useScreen } from '../desk/context'
import { DevicesRoom } from '../devices/DevicesRoom'
import { DispatchRoom } from '../dispatch/DispatchRoom'
import { HistoryRoom } from '../history/HistoryRoom'
import { DeskLookups } from '../lookups/DeskLookups'
import { AlertKeeper } from '../plates/AlertKeeper'
import { PlatesRoom } from '../plates/PlatesRoom'
import { ReportsRoom } from '../reports/ReportsRoom'
import { Boundary } from './Boundary'
import { KeysHelp } from './KeysHelp'
import { LinkBanner } from './LinkBanner'
import { Notices } from './Notices'
import { Rail } from './Rail'
import { SoundKeeper } from './SoundKeeper'
import css from './shell.module.css'
import { TopBar } from './TopBar'
import { useKeys } from './useKeys'

/** One shell for every role: rail, bar, and the room that is open. */
export function Shell() {
  const room = useScreen((screen) => screen.room)
  useKeys()
  return (
    <CallKeeper>
    <div className={css.shell}>
      <Rail />
      <TopBar />
      <LinkBanner />
      <main className={css.room}>
        {/* The dispatch room stays mounted: its map and half-typed command wait for the officer. */}
        <div className={css.full} hidden={room !== 'dispatch'}>
          <Boundary>
            <DispatchRoom />
          </Boundary>
        </div>
        {room === 'devices' && <Boundary key="devices"><DevicesRoom /></Boundary>}
        {room === 'history' && <Boundary key="history"><HistoryRoom /></Boundary>}
        {room === 'reports' && <Boundary key="reports"><ReportsRoom /></Boundary>}
        {room === 'cameras' && <Boundary key="cameras"><CamerasRoom /></Boundary>}
        {room === 'plates' && <Boundary key="plates"><PlatesRoom /></Boundary>}
        {room === 'lookups' && <Boundary key="lookups"><DeskLookups /></Boundary>}
      </main>
      <Notices />
      <KeysHelp />
      <SoundKeeper />
      <AlertKeeper />
      <OpeningKeeper />
    </div>
    </CallKeeper>
  )
}
