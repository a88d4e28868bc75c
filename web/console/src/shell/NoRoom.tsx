import { type Client, type Me } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from './LanguageSwitch'
import css from './shell.module.css'

/** For officers and administrators, whose rooms are elsewhere. */
export function NoRoom({ me, client, onSignedOut }: { me: Me; client: Client; onSignedOut: () => void }) {
  const { t } = useTranslation()
  return (
    <main className={css.crash}>
      <h2>{t('no_room.title')}</h2>
      <p>
        {me.name} · {t(`role.${me.role}`)}
      </p>
      <p>{t('no_room.what')}</p>
      <button type="button" className={css.undo} onClick={() => void client.delete('/api/session').then(onSignedOut, onSignedOut)}>
        {t('bar.sign_out')}
      </button>
      <LanguageSwitch />
    </main>
  )
}
