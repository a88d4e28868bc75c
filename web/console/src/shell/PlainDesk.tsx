import { Menu } from '@mantine/core'
import { type Client, Icon, inWords, type Me } from '@jedel/ui'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountSheet } from '../account/AccountSheet'
import { Asking } from '../account/Asking'
import { leave } from '../account/leave'
import { Boundary } from './Boundary'
import { LanguageSwitch } from './LanguageSwitch'
import css from './shell.module.css'
import { ThemeSwitch } from './ThemeSwitch'

interface Props {
  me: Me
  client: Client
  onSignedOut: () => void
  /** What stands in the middle of the bar: tabs, if there is more than one room. */
  middle?: ReactNode
  children: ReactNode
}

const SEEN_EVERY_MS = 60_000

/** The desk of those who follow no live picture: a bar and a room. */
export function PlainDesk({ me, client, onSignedOut, middle, children }: Props) {
  const { t } = useTranslation()
  const [account, setAccount] = useState(false)
  useSeen(client)
  return (
    <div className={css.plain}>
      <header className={css.bar}>
        <div className={css.where}>
          <strong className={css.region}>{inWords(me.region_name) || me.region}</strong>
        </div>
        {middle}
        <div className={css.barEnd}>
          <Asking me={me} onOpen={() => setAccount(true)} />
          <LanguageSwitch onSwitch={(language) => void client.put('/api/me/language', { language }).catch(() => undefined)} />
          <ThemeSwitch />
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <button type="button" className={css.account} aria-label={me.name} title={me.name}>
                <Icon name="user" size={16} />
                <span className={css.accountName}>{me.name}</span>
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t(`role.${me.role}`)}</Menu.Label>
              <Menu.Item leftSection={<Icon name="user" size={16} />} onClick={() => setAccount(true)}>
                {t('account.title')}
              </Menu.Item>
              <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={() => void leave(client, me).then(onSignedOut)}>
                {t('bar.sign_out')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        {account && <AccountSheet me={me} onClose={() => setAccount(false)} />}
      </header>
      <main className={css.room}>
        <Boundary>{children}</Boundary>
      </main>
    </div>
  )
}

/** The session rests after half an hour without a hand on the desk: the centre hears of one. */
function useSeen(client: Client): void {
  useEffect(() => {
    let last = 0
    const hand = (): void => {
      if (Date.now() - last < SEEN_EVERY_MS) return
      last = Date.now()
      void client.put('/api/session/seen', undefined).catch(() => undefined)
    }
    for (const kind of ['keydown', 'pointerdown'] as const) window.addEventListener(kind, hand, { capture: true, passive: true })
    return () => {
      for (const kind of ['keydown', 'pointerdown'] as const) window.removeEventListener(kind, hand, { capture: true })
    }
  }, [client])
}
