import { useTranslation } from 'react-i18next'

import { Sign } from '../parts/Sign'

export function Start() {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t('page.title')}</h1>
      <p className="lead">{t('page.lead')}</p>
      <nav className="choices" aria-label={t('page.title')}>
        <a className="choice" href="#/car">
          <Sign name="car" size={40} />
          <span>
            <strong>{t('start.car')}</strong>
            <span>{t('start.car_how')}</span>
          </span>
        </a>
        <a className="choice" href="#/phone">
          <Sign name="phone" size={40} />
          <span>
            <strong>{t('start.phone')}</strong>
            <span>{t('start.phone_how')}</span>
          </span>
        </a>
        <a className="choice small" href="#/report">
          <Sign name="lost" size={26} />
          <span>{t('start.report')}</span>
        </a>
        <a className="choice small" href="#/receipt">
          <Sign name="receipt" size={26} />
          <span>{t('start.receipt')}</span>
        </a>
      </nav>
    </>
  )
}
