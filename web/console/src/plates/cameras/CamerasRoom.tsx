import type { Client, Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import room from '../../shell/room.module.css'
import { CamerasTab } from './CamerasTab'

/** The plate cameras at the administrator's desk, which follows no live picture. */
export function CamerasRoom({ client, me }: { client: Client; me: Me }) {
  const { t } = useTranslation()
  const [done, setDone] = useState('')
  return (
    <section className={room.room} aria-label={t('platecam.title')}>
      <p className={room.done} role="status">
        {done}
      </p>
      <div className={room.stage}>
        <CamerasTab client={client} me={me} onDone={setDone} />
      </div>
    </section>
  )
}
