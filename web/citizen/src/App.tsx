import { currentLanguage, LANGUAGE_NAMES, LANGUAGES, switchLanguage } from '@jedel/ui/i18n'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import { Sign } from './parts/Sign'
import { Car } from './screens/Car'
import { Phone } from './screens/Phone'
import { Report } from './screens/Report'
import { Start } from './screens/Start'
import { Status } from './screens/Status'
import { switchTheme, useTheme } from './theme'

const SCREENS = { car: Car, phone: Phone, report: Report, receipt: Status }
type Name = keyof typeof SCREENS

/** The screen is the address's fragment, which is never sent anywhere; what is typed is not in it. */
function useScreen(): Name | null {
  const fragment = useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed)
      return () => removeEventListener('hashchange', changed)
    },
    () => location.hash,
  )
  const name = fragment.replace(/^#\/?/, '')
  return name in SCREENS ? (name as Name) : null
}

export function App() {
  const { t, i18n } = useTranslation()
  const name = useScreen()
  const main = useRef<HTMLElement>(null)
  const Screen = name ? SCREENS[name] : Start
  useEffect(() => {
    document.title = `${t('page.title')} · Jedel`
  }, [t, i18n.language])
  useEffect(() => {
    // a screen with a field has put the focus there itself
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [name])
  return (
    <>
      <header className="head">
        <a className="mark" href="#/" title={t('page.home')}>
          <Sign name="shield" size={30} />
          <span>
            <strong>Jedel</strong> <small>{t('page.police')}</small>
          </span>
        </a>
        <Preferences />
      </header>
      <main ref={main} tabIndex={-1}>
        {name && (
          <a className="back" href="#/">
            <Sign name="back" size={20} />
            {t('page.back')}
          </a>
        )}
        <Screen key={name} />
      </main>
      <footer>{t('page.privacy')}</footer>
    </>
  )
}

function Preferences() {
  const { t } = useTranslation()
  const theme = useTheme()
  return (
    <div className="preferences">
      <label>
        <span className="hidden">{t('page.language')}</span>
        <select value={currentLanguage()} onChange={(event) => void switchLanguage(event.target.value as (typeof LANGUAGES)[number])}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="square"
        aria-label={t(theme === 'dark' ? 'page.to_light' : 'page.to_dark')}
        onClick={() => switchTheme(theme === 'dark' ? 'light' : 'dark')}
      >
        <Sign name={theme === 'dark' ? 'sun' : 'moon'} size={22} />
      </button>
    </div>
  )
}
