import { newId } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../shell/Skeleton'
import css from './admin.module.css'
import type { Desk, Group } from './types'
import { useSaid } from './useSaid'

/** Groups of cameras, which rights speak of. Cameras are put into them on their card. */
export function Groups({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const [run, fault] = useSaid(desk, ['camera-groups', 'camera-rights', 'registry'])
  const groups = useQuery({ queryKey: ['camera-groups'], queryFn: ({ signal }) => desk.client.get<Group[]>('/api/camera-groups', signal) }).data
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const name = String(new FormData(form).get('name')).trim()
    if (await run(() => desk.client.post('/api/camera-groups', { id: newId(), name }), t('camreg.saved', { name }))) form.reset()
  }
  return (
    <div className={css.page}>
      <form className={css.bar} onSubmit={(event) => void add(event)}>
        <input name="name" required maxLength={200} placeholder={t('camreg.group_name')} aria-label={t('camreg.group_name')} />
        <button type="submit" className={css.primary}>
          {t('camreg.add_group')}
        </button>
      </form>
      {fault && (
        <p className={css.fault} role="alert">
          {fault}
        </p>
      )}
      {!groups && <Skeleton rows={4} />}
      {groups?.length === 0 && <p className={css.empty}>{t('camreg.groups_none')}</p>}
      <ul className={css.list}>
        {(groups ?? []).map((each) => (
          <li key={each.id}>
            <strong>{each.name}</strong>
            <span className={css.dim}>{t('camreg.cameras_in', { count: each.cameras })}</span>
            <button type="button" onClick={() => void run(() => desk.client.delete(`/api/camera-groups/${each.id}?command=${newId()}`), t('camreg.removed', { name: each.name }))}>
              {t('camreg.remove')}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
