import { problemText } from '@jedel/ui'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { stateWord } from '../health/types'
import { Skeleton } from '../../shell/Skeleton'
import css from './admin.module.css'
import { CameraCard } from './CameraCard'
import { type Desk, type Group, KINDS, type RegistryCamera, STATES } from './types'

const PAGE = 100

/** The region's cameras, found by words, kind, state and group; one of them beside the list. */
export function CameraList({ desk, writes }: { desk: Desk; writes: boolean }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [words] = useDebouncedValue(text.trim(), 200)
  const [kind, setKind] = useState('')
  const [state, setState] = useState('')
  const [group, setGroup] = useState('')
  const [after, setAfter] = useState<number[]>([])
  const [chosen, setChosen] = useState<string | null>(null)
  const groups = useQuery({ queryKey: ['camera-groups'], queryFn: ({ signal }) => desk.client.get<Group[]>('/api/camera-groups', signal) }).data ?? []
  const asked = new URLSearchParams({ limit: String(PAGE), after: String(after.at(-1) ?? 0) })
  for (const [name, value] of Object.entries({ q: words, kind, state, group })) if (value) asked.set(name, value)
  const list = useQuery({
    queryKey: ['registry', asked.toString()],
    queryFn: ({ signal }) => desk.client.get<RegistryCamera[]>(`/api/cameras?${asked.toString()}`, signal),
    placeholderData: (before) => before,
    refetchInterval: 15_000,
  })
  const cameras = list.data ?? []
  const narrow = (set: (value: string) => void) => (event: { target: { value: string } }) => {
    set(event.target.value)
    setAfter([])
  }
  return (
    <div className={css.two} data-side={chosen ? '' : undefined}>
      <div className={css.rows}>
        <form className={css.bar} role="search" onSubmit={(event) => event.preventDefault()}>
          <input type="search" value={text} placeholder={t('camreg.search')} aria-label={t('camreg.search')} onChange={narrow(setText)} />
          <select value={kind} aria-label={t('camreg.kind')} onChange={narrow(setKind)}>
            <option value="">{t('camreg.any_kind')}</option>
            {KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`camkind.${each}`)}
              </option>
            ))}
          </select>
          <select value={state} aria-label={t('camreg.state')} onChange={narrow(setState)}>
            <option value="">{t('camreg.any_state')}</option>
            {STATES.map((each) => (
              <option key={each} value={each}>
                {t(`camstate.${each}`)}
              </option>
            ))}
          </select>
          <select value={group} aria-label={t('camreg.group')} onChange={narrow(setGroup)}>
            <option value="">{t('camreg.any_group')}</option>
            {groups.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
          {writes && (
            <button type="button" className={css.primary} onClick={() => setChosen('new')}>
              {t('camreg.add')}
            </button>
          )}
        </form>
        {list.isSuccess && cameras.length === 0 ? (
          <p className={css.empty}>{words || kind || state || group ? t('camreg.nothing') : t('camreg.none')}</p>
        ) : list.isError && !list.data ? (
          <p className={css.empty} role="alert">
            {problemText(list.error, t)}
          </p>
        ) : list.isPending ? (
          <Skeleton rows={12} height={44} />
        ) : (
          <div className={css.scroll}>
            <table className={css.table}>
              <thead>
                <tr>
                  {(['camera', 'where', 'state', 'record', 'owner'] as const).map((each) => (
                    <th key={each} scope="col">
                      {t(`camreg.${each}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {cameras.map((each) => (
                  <tr key={each.id} aria-selected={each.id === chosen} data-off={each.enabled ? undefined : ''}>
                    <td>
                      <button type="button" className={css.link} onClick={() => setChosen(each.id)}>
                        {each.name}
                      </button>
                      <small>{[`№ ${each.number}`, t(`camkind.${each.kind}`), each.external_id].filter(Boolean).join(' · ')}</small>
                    </td>
                    <td>
                      {each.zone ? t(`camzone.${each.zone}`) : '—'}
                      <small className={css.whole}>
                        {each.lat.toFixed(5)}, {each.lon.toFixed(5)}
                      </small>
                    </td>
                    <td className={css.whole}>
                      <i className={css.sign} data-state={each.state} aria-hidden /> {each.enabled ? t(stateWord(each.state, each.source)) : t('camreg.off')}
                    </td>
                    <td className={css.whole}>
                      {t(`camreg.record_${each.recording}`)}
                      {each.masked && <small>{t('camreg.masked')}</small>}
                    </td>
                    <td>
                      {each.owner}
                      <small>{each.owner_contact}</small>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {(after.length > 0 || cameras.length === PAGE) && (
              <p className={css.pages}>
                <button type="button" disabled={after.length === 0} onClick={() => setAfter(after.slice(0, -1))}>
                  ← {t('camreg.before')}
                </button>
                <button type="button" disabled={cameras.length < PAGE} onClick={() => setAfter([...after, cameras.at(-1)?.number ?? 0])}>
                  {t('camreg.after')} →
                </button>
              </p>
            )}
          </div>
        )}
      </div>
      {chosen && <CameraCard key={chosen} id={chosen === 'new' ? null : chosen} desk={desk} writes={writes} groups={groups} onClose={() => setChosen(null)} />}
    </div>
  )
}
