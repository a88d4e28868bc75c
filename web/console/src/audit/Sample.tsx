import { type Client, problemText } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { LookUp } from '../lookups/Waiting'
import css from './audit.module.css'
import { LookUpTable } from './Table'

const COUNT = 10

/** Look-ups of the last day drawn by chance; drawn anew only when asked, since each drawing is on record. */
export function Sample({ client }: { client: Client }) {
  const { t } = useTranslation()
  const sample = useQuery({
    queryKey: ['audit', 'sample'],
    queryFn: ({ signal }) => client.get<LookUp[]>(`/api/audit/sample?count=${COUNT}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return (
    <>
      <div className={css.filter}>
        <p className={css.hint}>{t('audit.sample_what', { count: COUNT })}</p>
        <button type="button" className={css.button} disabled={sample.isFetching} onClick={() => void sample.refetch()}>{t('audit.draw')}</button>
      </div>
      <div className={css.box}>
        {sample.isError && <p className={css.empty}>{problemText(sample.error, t)}</p>}
        {sample.data?.length === 0 && <p className={css.empty}>{t('audit.sample_none')}</p>}
        {sample.data && sample.data.length > 0 && <LookUpTable client={client} rows={sample.data} />}
      </div>
    </>
  )
}
