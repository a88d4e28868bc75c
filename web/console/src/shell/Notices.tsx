import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../desk/context'
import css from './shell.module.css'

const GLYPH = { done: 'check', refused: 'close', news: 'alarm' } as const

/** What came of a command: said aloud, beside the command line, gone by itself. */
export function Notices() {
  const { t } = useTranslation()
  const desk = useDesk()
  const notices = useScreen((screen) => screen.notices)
  return (
    <div className={css.notices} role="log" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.id} className={css.notice} data-tone={notice.tone} role={notice.tone === 'refused' ? 'alert' : undefined}>
          <Icon name={GLYPH[notice.tone]} size={18} />
          <span>{notice.text}</span>
          {notice.undo && (
            <button
              type="button"
              className={css.undo}
              onClick={() => {
                notice.undo?.run()
                desk.dismiss(notice.id)
              }}
            >
              {notice.undo.label}
            </button>
          )}
          <button type="button" className={css.tool} aria-label={t('action.dismiss')} onClick={() => desk.dismiss(notice.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
