import { type Client, type Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import audit from '../audit/audit.module.css'
import { KeysRoom } from '../keys/KeysRoom'
import { CamerasRoom } from '../plates/cameras/CamerasRoom'
import { PlainDesk } from '../shell/PlainDesk'
import { AccountsRoom } from './AccountsRoom'

const ROOMS = ['accounts', 'keyed', 'platecam'] as const
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
      {room === 'platecam' && <CamerasRoom client={client} me={me} />}
    </PlainDesk>
  )
}
