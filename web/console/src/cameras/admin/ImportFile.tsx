import { problemText } from '@jedel/ui'
import { useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './admin.module.css'
import type { Desk, Imported } from './types'

const COUNTS = ['added', 'changed', 'unchanged', 'rejected'] as const

/** A CSV file of cameras; each line that was refused with its column and reason. */
export function ImportFile({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [busy, setBusy] = useState('')
  const [done, setDone] = useState<Imported | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const bring = async (event: ChangeEvent<HTMLInputElement>) => {
    const input = event.currentTarget
    const file = input.files?.[0]
    if (!file) return
    setBusy(file.name)
    setDone(null)
    setFault(null)
    try {
      setDone(await desk.client.post<Imported>('/api/cameras/import', new Blob([file], { type: 'text/csv' })))
      await queries.invalidateQueries({ queryKey: ['registry'] })
    } catch (error) {
      setFault(error)
    }
    setBusy('')
    input.value = ''
  }
  return (
    <div className={css.page}>
      <p className={css.note}>{t('camreg.file_how')}</p>
      <label className={css.file}>
        <input type="file" accept=".csv,text/csv" disabled={busy !== ''} onChange={(event) => void bring(event)} />
        {t('camreg.file_choose')}
      </label>
      {busy && (
        <p role="status">
          {t('camreg.file_busy', { name: busy })} <progress />
        </p>
      )}
      {fault !== null && (
        <p className={css.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      {done && (
        <>
          <dl className={css.counts}>
            {COUNTS.map((each) => (
              <div key={each}>
                <dt>{t(`camreg.count_${each}`)}</dt>
                <dd>{done[each].toLocaleString('ru-KZ')}</dd>
              </div>
            ))}
          </dl>
          {done.rejects.length > 0 && (
            <div className={css.scroll}>
              <table className={css.table}>
                <thead>
                  <tr>
                    {(['line', 'column', 'reason'] as const).map((each) => (
                      <th key={each} scope="col">
                        {t(`camreg.${each}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {done.rejects.map((each) => (
                    <tr key={each.line}>
                      <td>{each.line}</td>
                      <td>{each.column || '—'}</td>
                      <td>{t(`camreg.reason_${each.reason}`)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </div>
  )
}
