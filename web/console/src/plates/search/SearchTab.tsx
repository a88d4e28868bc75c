import { type Case, Cases, Icon, inWords, type Purpose } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { CaseChooser, forWords } from '../../lookups/CaseChooser'
import shared from '../plates.module.css'
import css from './search.module.css'
import { usePlateCameras } from '../cameras/usePlateCameras'
import { Results } from './Results'
import { SearchForm } from './SearchForm'
import { useSearching } from './searching'

/** Where cars were seen: for what it is asked comes first and stays in sight, and goes on record before anything is read. */
export function SearchTab() {
  const { t } = useTranslation()
  const { client, me } = useDesk()
  const cases = useMemo(() => new Cases(me.id), [me.id])
  const [kase, setCase] = useState<Case | null>(() => cases.all()[0] ?? null)
  const [choosing, setChoosing] = useState(false)
  const searching = useSearching(client)
  const { cameras } = usePlateCameras(client)
  const purposes = useQuery({
    queryKey: ['lookups', 'purposes'],
    queryFn: ({ signal }) => client.get<Purpose[]>('/api/lookups/purposes', signal),
    staleTime: 60_000,
  })
  const purpose = purposes.data?.find((each) => each.code === kase?.purpose)
  // A purpose that serves look-ups need not serve searches among reads.
  const open = choosing || !kase || (purposes.isSuccess && !purpose?.registers.includes('reads'))
  const chosen = (found: Case): void => {
    cases.take(found)
    setCase(found)
    setChoosing(false)
  }
  return (
    <div className={css.search}>
      <div className={css.searchSide}>
        {open ? (
          <CaseChooser client={client} cases={cases} first={null} register="reads" onChosen={chosen} onBack={choosing ? () => setChoosing(false) : null} />
        ) : (
          <>
            <div className={css.case}>
              <div>
                <strong>{forWords(kase, t('lookups.incident'), t('lookups.case'))}</strong>
                <p className={shared.dim}>{purpose ? inWords(purpose.names) : kase.purpose}</p>
              </div>
              <div className={shared.form}>
                <button type="button" onClick={() => setChoosing(true)}>
                  {t('lookups.change')}
                </button>
              </div>
            </div>
            <SearchForm cameras={cameras ?? []} busy={searching.busy} onAsk={(question) => searching.ask(question, kase)} />
          </>
        )}
      </div>
      {searching.search ? (
        <Results key={searching.search.id} search={searching.search} busy={searching.busy} onMore={searching.more} onAgain={searching.again} />
      ) : (
        <div className={shared.empty}>
          <Icon name="search" size={40} />
          <h2>{t('psearch.empty')}</h2>
          <p>{t('psearch.empty_what')}</p>
          <p>{t('psearch.on_record')}</p>
        </div>
      )}
    </div>
  )
}
