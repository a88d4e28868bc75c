import { type Client, type Me } from '@jedel/ui'
import { PlainDesk } from '../shell/PlainDesk'
import { LookupRoom } from './LookupRoom'

/** An officer at a desk has one room. */
export function OfficerDesk({ me, client, onSignedOut }: { me: Me; client: Client; onSignedOut: () => void }) {
  return (
    <PlainDesk me={me} client={client} onSignedOut={onSignedOut}>
      <LookupRoom client={client} account={me.id} decides={false} call={null} onTaken={nothing} />
    </PlainDesk>
  )
}

const nothing = (): void => undefined
