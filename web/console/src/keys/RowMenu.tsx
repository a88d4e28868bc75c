import { Menu } from '@mantine/core'
import { type Client, Icon, type Me } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type KeyedDevice, usePeople } from './api'
import { BlockSheet } from './BlockSheet'
import css from './keys.module.css'

interface RowMenuProps {
  client: Client
  me: Me
  device: KeyedDevice
  tell: (path: string, body?: object) => void
}

/** What may be done with one device. */
export function RowMenu({ client, me, device, tell }: RowMenuProps) {
  const { t } = useTranslation()
  const [blocking, setBlocking] = useState(false)
  const [open, setOpen] = useState(false)
  const people = usePeople(client, me.role === 'administrator' && open)
  const path = `/api/devices/${device.id}`
  return (
    <>
      <Menu opened={open} onChange={setOpen} position="bottom-end" withinPortal>
        <Menu.Target>
          <button type="button" className={css.more} aria-label={t('keyed.do_with', { name: device.name })}>
            …
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={420} className={css.menu}>
          {device.blocked_at ? (
            <Menu.Item onClick={() => tell(`${path}/unblock`)}>{t('keyed.unblock')}</Menu.Item>
          ) : (
            <>
              <Menu.Item onClick={() => tell(`${path}/code`)}>{t('keyed.new_code')}</Menu.Item>
              <Menu.Item color="red" leftSection={<Icon name="close" size={15} />} onClick={() => setBlocking(true)}>
                {t('keyed.block')}
              </Menu.Item>
            </>
          )}
          {people.data && (
            <>
              <Menu.Label>{t('keyed.hand_to')}</Menu.Label>
              {device.holder_id && <Menu.Item onClick={() => tell(`${path}/holder`, { holder_id: null })}>{t('keyed.nobody')}</Menu.Item>}
              {people.data
                .filter((person) => person.role === 'officer' && person.id !== device.holder_id)
                .map((person) => (
                  <Menu.Item key={person.id} onClick={() => tell(`${path}/holder`, { holder_id: person.id })}>
                    {person.name}
                  </Menu.Item>
                ))}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {blocking && <BlockSheet device={device} onClose={() => setBlocking(false)} onBlock={(body) => tell(`${path}/block`, body)} />}
    </>
  )
}
