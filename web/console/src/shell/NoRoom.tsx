import { type Client, type Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddPasskey } from './AddPasskey'
import { LanguageSwitch } from './LanguageSwitch'
import css from './shell.module.css'

/** For officers and administrators, whose rooms are elsewhere. */
export function NoRoom({ me, client, onSignedOut }: { me: Me; client: Client; onSignedOut: () => void }) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  return (
    <main className={css.crash}>
      <h2>{t('no_room.title')}</h2>
      <p>
        {me.name} · {t(`role.${me.role}`)}
      </p>
      <p>{t('no_room.what')}</p>
      <p role="status">{said}</p>
      <AddPasskey client={client} onDone={setSaid}>
        {(add, busy) => (
          <button type="button" className={css.undo} disabled={busy} onClick={add}>
            {t('passkey.add')}
          </button>
        )}
      </AddPasskey>
      <button type="button" className={css.undo} onClick={() => void client.delete('/api/session').then(onSignedOut, onSignedOut)}>
        {t('bar.sign_out')}
      </button>
      <LanguageSwitch />
    </main>
  )
}
