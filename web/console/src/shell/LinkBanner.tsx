import { clock, elapsed, Icon, useLink, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import css from './shell.module.css'

/** While the link is lost the picture on the screen is old, and says since when. */
export function LinkBanner() {
  const { t } = useTranslation()
  const desk = useDesk()
  const link = useLink(desk.feed)
  const now = useNow()
  // A reconnection of a second or two is no news.
  if (link.is !== 'lost' || now - link.since < 2_000) return null
  const since = new Date(link.since).toISOString()
  return (
    <div className={css.banner} role="alert">
      <Icon name="unlink" size={20} />
      <strong>{t('link.lost_since', { time: clock(since), elapsed: elapsed(since, now) })}</strong>
      <span>{t('link.lost_what')}</span>
    </div>
  )
}
