import { useTranslation } from 'react-i18next'
import css from './SignIn.module.css'

export function Brand() {
  const { t } = useTranslation()
  return (
    <div className={css.brand}>
      <svg width="40" height="40" viewBox="0 0 24 24" aria-hidden>
        <path d="M12 2L20.5 5V11.8C20.5 16.6 17 20.2 12 22.2C7 20.2 3.5 16.6 3.5 11.8V5Z" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" />
        <path d="M6.8 12.4H9.6L11.2 8.6L13.2 15.8L14.5 12.4H17.2" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <div>
        <h1 className={css.name}>Jedel</h1>
        <p className={css.what}>{t('sign_in.what')}</p>
      </div>
    </div>
  )
}
