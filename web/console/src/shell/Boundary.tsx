import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import css from './shell.module.css'

/** Keeps a fault in one part of the screen from taking the rest, the sounds above all, with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error ? <Crashed error={this.state.error} /> : this.props.children
  }
}

function Crashed({ error }: { error: Error }) {
  const { t } = useTranslation()
  return (
    <div className={css.crash} role="alert">
      <h2>{t('crash.title')}</h2>
      <p>{t('crash.what', { error: error.message })}</p>
      <button type="button" className={css.undo} onClick={() => location.reload()}>
        {t('crash.reload')}
      </button>
    </div>
  )
}
