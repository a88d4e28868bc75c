import { ago, type Client } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import css from './audit.module.css'

interface Head {
  entries: number
  signed: number | null
  at: string | null
  key: string | null
  root: string | null
}

/** How far the journal goes and how far it is signed: nothing before that can be changed unseen. */
export function JournalHead({ client }: { client: Client }) {
  const { t } = useTranslation()
  const head = useQuery({
    queryKey: ['audit', 'journal'],
    queryFn: ({ signal }) => client.get<Head>('/api/audit/journal', signal),
    refetchInterval: 60_000,
  })
  if (!head.data) return null
  const { entries, signed, at, root, key } = head.data
  return (
    <span title={root ? `${root}\n${key ?? ''}` : undefined}>
      {at && signed !== null ? t('audit.head', { entries, signed, ago: ago(at, t) }) : t('audit.head_none', { entries })}
      {root && <code className={css.root}> {root.slice(0, 16)}…</code>}
    </span>
  )
}
