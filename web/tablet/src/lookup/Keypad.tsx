import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'

const ROWS = ['1234567890', 'QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM']

/** Big Latin keys, so that a plate needs no change of layout and no small keyboard; phones have their own. */
export function Keypad({ onKey, onBack }: { onKey: (key: string) => void; onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="keypad" aria-label={t('lookup.keypad')} role="group">
      {ROWS.map((row) => (
        <div key={row} className="keypad-row">
          {Array.from(row, (key) => (
            <button key={key} type="button" className="key" onClick={() => onKey(key)}>
              {key}
            </button>
          ))}
          {row === ROWS.at(-1) && (
            <button type="button" className="key wide" aria-label={t('lookup.erase')} onClick={onBack}>
              <Icon name="left" size={26} />
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
