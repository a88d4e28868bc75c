import { useTranslation } from 'react-i18next'

/** The screen's one big button, and under it how the wait goes. */
export function Go({ label, busy, working, fault }: { label: string; busy: boolean; working: number | null; fault?: string | null }) {
  const { t } = useTranslation()
  return (
    <div className="go">
      <button type="submit" className="primary" disabled={busy}>
        {busy ? t('wait.asking') : label}
      </button>
      {working !== null && (
        <div className="working">
          <progress value={working} max={1} aria-label={t('wait.working')} />
          <p role="status">{t('wait.working')}</p>
        </div>
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}
