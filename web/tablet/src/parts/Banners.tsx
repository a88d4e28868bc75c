import { Icon, type Glyph } from '@jedel/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useSoundLocked } from '../hooks/sound'
import { useTablet } from '../hooks/tablet'
import type { Trouble } from '../positions/source'

/** What is out of order, each with what it means for the crew. In order of weight; work goes on beneath. */
export function Banners({ trouble, onEnrol }: { trouble: Trouble | null; onEnrol: () => void }) {
  const { t } = useTranslation()
  const [, view] = useTablet()
  const muted = useSoundLocked()
  const { link, unsent } = view
  const kept = unsent > 0 ? ` · ${t('banner.waiting', { count: unsent })}` : ''
  return (
    <div className="banners" role="status">
      {view.refused && (
        <Banner icon="close">
          {t('banner.device_refused')}
          <button type="button" className="second" onClick={onEnrol}>
            {t('banner.enter_code')}
          </button>
        </Banner>
      )}
      {view.full && <Banner icon="close">{t('banner.full')}</Banner>}
      {!link.up && link.since !== null && (
        <Banner icon="unlink">
          <strong>{t('banner.no_link', { time: hhmm(link.since) })}</strong>
          <span className="banner-hint">
            {t('banner.no_link_hint')}
            {kept}
          </span>
        </Banner>
      )}
      {trouble && (
        <Banner icon="follow">{t(trouble === 'denied' ? 'banner.position_denied' : 'banner.position_none')}</Banner>
      )}
      {muted && view.unit?.shift && <Banner icon="muted">{t('banner.sound')}</Banner>}
    </div>
  )
}

function Banner({ icon, children }: { icon: Glyph; children: ReactNode }) {
  return (
    <div className="banner">
      <Icon name={icon} size={26} />
      <div>{children}</div>
    </div>
  )
}

/** Local time, "12:03". */
export const hhmm = (ms: number): string => new Date(ms).toTimeString().slice(0, 5)
