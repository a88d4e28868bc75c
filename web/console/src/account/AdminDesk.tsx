import { type Client, type Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import audit from '../audit/audit.module.css'
import { CamerasAdmin } from '../cameras/admin/CamerasAdmin'
import { KeysRoom } from '../keys/KeysRoom'
import { CamerasRoom } from '../plates/cameras/CamerasRoom'
import { PlainDesk } from '../shell/PlainDesk'
import css from '../shell/room.module.css'
import { AccountsRoom } from './AccountsRoom'

const ROOMS = ['accounts', 'keyed', 'camreg', 'platecam'] as const
type AdminRoom = (typeof ROOMS)[number]

/** The administrator keeps people and devices, and sees no incident. */
export function AdminDesk({ me, client, onSignedOut }: { me: Me; client: Client; onSignedOut: () => void }) {
  const { t } = useTranslation()
  const [room, setRoom] = useState<AdminRoom>('accounts')
  return (
    <PlainDesk
      me={me}
      client={client}
      onSignedOut={onSignedOut}
      middle={
        <nav className={audit.tabs} aria-label={t('rail.label')}>
          {ROOMS.map((each) => (
            <button key={each} type="button" className={audit.tab} aria-current={each === room ? 'page' : undefined} onClick={() => setRoom(each)}>
              {t(`${each}.title`)}
            </button>
          ))}
        </nav>
      }
    >
      {room === 'accounts' && <AccountsRoom me={me} />}
      {room === 'keyed' && <KeysRoom client={client} me={me} />}
      {room === 'camreg' && <Registry client={client} me={me} />}
      {room === 'platecam' && <CamerasRoom client={client} me={me} />}
    </PlainDesk>
  )
}

function Registry({ client, me }: { client: Client; me: Me }) {
  const [done, setDone] = useState('')
  return (
    <section className={css.room}>
      <p className={css.done} role="status">
        {done}
      </p>
      <div className={css.stage}>
        <CamerasAdmin client={client} me={me} onDone={setDone} />
      </div>
    </section>
  )
}
