import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk, useDevices, useScreen } from '../desk/context'
import { useWaiting } from '../lookups/Waiting'
import { useAsking } from '../plates/count'
import { ROOMS } from './rooms'
import css from './shell.module.css'

export function Rail() {
  const { t } = useTranslation()
  const desk = useDesk()
  const open = useScreen((screen) => screen.room)
  const waiting = useWaiting(desk.client, desk.mayDispatch).data?.filter((each) => each.account_id !== desk.me.id).length ?? 0
  const plates = useAsking()
  const silent = useDevices().filter((device) => !device.available).length
  return (
    <nav className={css.rail} aria-label={t('rail.label')}>
      <svg width="28" height="28" viewBox="0 0 24 24" className={css.mark} aria-hidden>
        <path d="M12 2L20.5 5V11.8C20.5 16.6 17 20.2 12 22.2C7 20.2 3.5 16.6 3.5 11.8V5Z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
        <path d="M6.8 12.4H9.6L11.2 8.6L13.2 15.8L14.5 12.4H17.2" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {ROOMS.map(({ room, glyph }, i) => (
        <button
          key={room}
          type="button"
          className={css.railButton}
          aria-current={open === room ? 'page' : undefined}
          title={`${t(`rail.${room}`)} (Alt+${i + 1})`}
          onClick={() => desk.screen.set({ room })}
        >
          <Icon name={glyph} size={22} />
          <span className={css.railWord}>{t(`rail_short.${room}`)}</span>
          {room === 'lookups' && waiting > 0 && (
            <span className={css.railCount} aria-label={t('lookups.queue')}>
              {waiting}
            </span>
          )}
          {room === 'plates' && plates > 0 && (
            <span className={css.railCount} aria-label={t('plates.badge', { count: plates })}>
              {plates}
            </span>
          )}
          {room === 'devices' && silent > 0 && (
            <span className={css.railCount} aria-label={t('bar.devices_silent', { count: silent })}>
              {silent}
            </span>
          )}
        </button>
      ))}
      <button type="button" className={css.railButton} data-last title={`${t('keys.title')} (?)`} onClick={() => desk.screen.set({ help: true })}>
        <Icon name="keyboard" size={22} />
        <span className={css.railWord}>{t('rail_short.keys')}</span>
      </button>
    </nav>
  )
}
