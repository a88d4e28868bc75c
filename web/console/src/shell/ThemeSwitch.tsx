import { Icon, useThemeName } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import css from './shell.module.css'

export function ThemeSwitch() {
  const { t } = useTranslation()
  const [theme, setTheme] = useThemeName()
  const words = theme === 'dark' ? t('bar.to_light') : t('bar.to_dark')
  return (
    <button type="button" className={css.tool} title={words} aria-label={words} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  )
}
