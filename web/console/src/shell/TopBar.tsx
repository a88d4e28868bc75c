import { Menu } from '@mantine/core'
import { Icon, inWords, type Today, useLink, useNow } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountSheet } from '../account/AccountSheet'
import { Asking } from '../account/Asking'
import { leave } from '../account/leave'
import { useAlarms, useDesk, useDevices, useIncidents } from '../desk/context'
import { age, ANSWER_WITHIN_S, DISPATCH_WITHIN_S, isWaiting, receivedAt } from '../queue/order'
import { LanguageSwitch } from './LanguageSwitch'
import css from './shell.module.css'
import { ThemeSwitch } from './ThemeSwitch'

const SHARE = 0.9

export function TopBar() {
  const { t } = useTranslation()
  const [account, setAccount] = useState(false)
  const desk = useDesk()
  return (
    <header className={css.bar}>
      <div className={css.where}>
        <strong className={css.region}>{inWords(desk.me.region_name) || desk.me.region}</strong>
        <Clock />
      </div>
      <Numbers />
      <div className={css.barEnd}>
        <SoundState />
        <LinkState />
        <Asking me={desk.me} onOpen={() => setAccount(true)} />
        <LanguageSwitch onSwitch={(language) => void desk.client.put('/api/me/language', { language }).catch(() => undefined)} />
        <ThemeSwitch />
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <button type="button" className={css.account} aria-label={desk.me.name} title={desk.me.name}>
              <Icon name="user" size={16} />
              <span className={css.accountName}>{desk.me.name}</span>
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t(`role.${desk.me.role}`)}</Menu.Label>
            <Menu.Item leftSection={<Icon name="user" size={16} />} onClick={() => setAccount(true)}>
              {t('account.title')}
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="out" size={16} />}
              onClick={() => void leave(desk.client, desk.me).then(desk.onSignedOut)}
            >
              {t('bar.sign_out')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {account && <AccountSheet me={desk.me} onClose={() => setAccount(false)} />}
      </div>
    </header>
  )
}

function Clock() {
  const now = new Date(useNow())
  const two = (n: number) => String(n).padStart(2, '0')
  return <time className={css.clock}>{`${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`}</time>
}

/** Three live numbers against their targets; a missed one turns amber with a sign, the bar stays calm. */
function Numbers() {
  const { t } = useTranslation()
  const desk = useDesk()
  const incidents = useIncidents()
  const alarms = useAlarms()
  const now = useNow()
  const seq = desk.feed.shown.seq
  const today = useQuery({
    queryKey: ['today'],
    queryFn: ({ signal }) => desk.client.get<Today>('/api/statistics/today', signal),
    refetchInterval: 10_000,
  })
  const { refetch } = today
  useEffect(() => {
    const later = setTimeout(() => void refetch(), 400)
    return () => clearTimeout(later)
  }, [incidents.length, alarms.length, seq >= 0, refetch])

  const waiting = incidents.filter((incident) => incident.state !== 'closed' && isWaiting(incident))
  const late = waiting.filter((incident) => age(receivedAt(incident), now).late).length
  return (
    <dl className={css.numbers}>
      <Number
        word={t('bar.waiting')}
        value={String(waiting.length)}
        target={late > 0 ? t('bar.waiting_late', { late, seconds: DISPATCH_WITHIN_S }) : t('bar.waiting_target', { seconds: DISPATCH_WITHIN_S })}
        missed={late > 0}
      />
      <Share word={t('bar.answered', { seconds: ANSWER_WITHIN_S })} ratio={today.data?.answered_within_10s} />
      <Share word={t('bar.dispatched', { seconds: DISPATCH_WITHIN_S })} ratio={today.data?.dispatched_within_60s} />
    </dl>
  )
}

function Share({ word, ratio }: { word: string; ratio: number | null | undefined }) {
  const { t } = useTranslation()
  const known = ratio !== null && ratio !== undefined
  return (
    <Number
      word={word}
      value={known ? `${Math.floor(ratio * 100)} %` : '–'}
      target={t('bar.target', { percent: SHARE * 100 })}
      missed={known && ratio < SHARE}
    />
  )
}

function Number({ word, value, target, missed }: { word: string; value: string; target: string; missed: boolean }) {
  return (
    <div className={css.number} data-missed={missed || undefined}>
      <dt>{word}</dt>
      <dd>
        <span className={css.value}>{value}</span>
        <span className={css.target}>{target}</span>
      </dd>
    </div>
  )
}

function LinkState() {
  const { t } = useTranslation()
  const link = useLink(useDesk().feed)
  const silent = useDevices().filter((device) => !device.available).length
  const desk = useDesk()
  return (
    <>
      {silent > 0 && (
        <button type="button" className={css.trouble} title={t('bar.devices_silent', { count: silent })} onClick={() => desk.screen.set({ room: 'devices' })}>
          <Icon name="unlink" size={16} />
          <span className={css.word}>{t('bar.devices_silent', { count: silent })}</span>
          <span className={css.short}>{silent}</span>
        </button>
      )}
      <span className={css.link} data-lost={link.is === 'lost' || undefined} role="status" title={t(`link.${link.is}`)}>
        <Icon name={link.is === 'live' ? 'link' : 'unlink'} size={16} />
        <span className={css.word}>{t(`link.${link.is}`)}</span>
      </span>
    </>
  )
}

/** Says that the browser keeps the sounds shut until the first key or click. */
function SoundState() {
  const { t } = useTranslation()
  const { sounds } = useDesk()
  const locked = useSyncExternalStore(sounds.subscribe, () => sounds.locked)
  if (!locked) return null
  return (
    <button type="button" className={css.trouble} onClick={() => void sounds.unlock()}>
      <Icon name="muted" size={16} />
      {t('bar.sound_locked')}
    </button>
  )
}
