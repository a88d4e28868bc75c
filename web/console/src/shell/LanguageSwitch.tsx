import { type Language, LANGUAGE_NAMES, LANGUAGES, switchLanguage } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './shell.module.css'

const SHORT: Record<Language, string> = { kk: 'ҚАЗ', ru: 'РУС', en: 'ENG' }

/** Three buttons, always in sight: nobody should search for his own language in another one. */
export function LanguageSwitch({ onSwitch }: { onSwitch?: (language: Language) => void }) {
  const { t, i18n } = useTranslation()
  return (
    <div className={css.languages} role="group" aria-label={t('bar.language')}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          className={css.language}
          aria-pressed={i18n.language === language}
          title={LANGUAGE_NAMES[language]}
          onClick={() => {
            void switchLanguage(language)
            onSwitch?.(language)
          }}
        >
          {SHORT[language]}
        </button>
      ))}
    </div>
  )
}
