import { useScreen } from '../desk/context'
import { DevicesRoom } from '../devices/DevicesRoom'
import { DispatchRoom } from '../dispatch/DispatchRoom'
import { HistoryRoom } from '../history/HistoryRoom'
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
    <div className={css.shell}>
      <Rail />
      <TopBar />
      <LinkBanner />
      <main className={css.room}>
        {/* The dispatch room stays mounted: its map and half-typed command wait for the officer. */}
        <div className={css.full} hidden={room !== 'dispatch'}>
          <DispatchRoom />
        </div>
        {room === 'devices' && <DevicesRoom />}
        {room === 'history' && <HistoryRoom />}
      </main>
      <Notices />
      <KeysHelp />
      <SoundKeeper />
    </div>
  )
}
