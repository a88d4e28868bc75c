import {
  Icon,
  LANGUAGE_NAMES,
  LANGUAGES,
  currentLanguage,
  switchLanguage,
  useThemeName,
  type Language,
} from '@jedel/ui'
import { useTranslation } from 'react-i18next'

const SHORT: Record<Language, string> = { kk: 'Қаз', ru: 'Рус', en: 'Eng' }

/** Language and day or night colours: on every screen, since either may be wrong on any. */
export function Preferences() {
  const { t } = useTranslation()
  const [theme, setTheme] = useThemeName()
  const language = currentLanguage()
  return (
    <>
      <label className="language">
        <span className="j-visually-hidden">{t('app.language')}</span>
        <select value={language} onChange={(event) => void switchLanguage(event.target.value as Language)}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each} aria-label={LANGUAGE_NAMES[each]}>
              {SHORT[each]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="square"
        aria-label={t(theme === 'dark' ? 'app.to_light' : 'app.to_dark')}
        onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} size={26} />
      </button>
    </>
  )
}
