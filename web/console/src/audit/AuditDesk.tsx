import { type Client, type Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PlainDesk } from '../shell/PlainDesk'
import css from './audit.module.css'
import { Flags } from './Flags'
import { JournalHead } from './JournalHead'
import { LookUps } from './LookUps'
import { Sample } from './Sample'
import { WhoAsked } from './WhoAsked'

const ROOMS = ['flags', 'lookups', 'sample', 'who'] as const
type AuditRoom = (typeof ROOMS)[number]

/** The auditor reads everything about look-ups and changes nothing; that he reads is on record too. */
export function AuditDesk({ me, client, onSignedOut }: { me: Me; client: Client; onSignedOut: () => void }) {
  const { t } = useTranslation()
  const [room, setRoom] = useState<AuditRoom>('flags')
  return (
    <PlainDesk
      me={me}
      client={client}
      onSignedOut={onSignedOut}
      middle={
        <nav className={css.tabs} aria-label={t('rail.label')}>
          {ROOMS.map((each) => (
            <button key={each} type="button" className={css.tab} aria-current={each === room ? 'page' : undefined} onClick={() => setRoom(each)}>
              {t(`audit.${each}`)}
            </button>
          ))}
        </nav>
      }
    >
      <div className={css.room}>
        {room === 'flags' && <Flags client={client} />}
        {room === 'lookups' && <LookUps client={client} />}
        {room === 'sample' && <Sample client={client} />}
        {room === 'who' && <WhoAsked client={client} />}
        <footer className={css.foot}>
          <JournalHead client={client} />
          <span>{t('audit.on_record')}</span>
        </footer>
      </div>
    </PlainDesk>
  )
}
