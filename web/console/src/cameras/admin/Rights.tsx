import { dayTime, MomentField, newId } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../shell/Skeleton'
import css from './admin.module.css'
import { ACTIONS, type Desk, type Group, type Right } from './types'
import { useSaid } from './useSaid'

const ROLES = ['operator', 'duty_officer', 'supervisor', 'officer', 'administrator', 'auditor'] as const
const DAYS = [1, 2, 3, 4, 5, 6, 7]
const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

/** Who may, and who may not: a denial beats every permission. */
export function Rights({ desk }: { desk: Desk }) {
  const { t } = useTranslation()
  const [run, fault] = useSaid(desk, ['camera-rights'])
  const rights = useQuery({ queryKey: ['camera-rights'], queryFn: ({ signal }) => desk.client.get<Right[]>('/api/camera-rights', signal), refetchInterval: 30_000 }).data
  const groups = useQuery({ queryKey: ['camera-groups'], queryFn: ({ signal }) => desk.client.get<Group[]>('/api/camera-groups', signal) }).data ?? []
  const people = useQuery({ queryKey: ['accounts'], enabled: desk.me.role === 'administrator', queryFn: ({ signal }) => desk.client.get<{ id: string; name: string; blocked_at: string | null }[]>('/api/accounts', signal) }).data ?? []
  const [until, setUntil] = useState<number | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const text = (name: string) => String(form.get(name) ?? '')
    const [whom, named] = text('whom').split(':')
    const days = form.getAll('day').map(Number)
    const body = {
      id: newId(), effect: text('effect'), [whom === 'role' ? 'role' : 'account_id']: named, group_id: text('group') || null, actions: form.getAll('action'), note: text('note'),
      until_at: until === null ? null : new Date(until).toISOString(),
      weekly: days.length && text('start') && text('end') ? [{ days, start: minutes(text('start')), end: minutes(text('end')) }] : [],
    }
    if (await run(() => desk.client.post('/api/camera-rights', body), t('camreg.right_given'))) {
      element.reset()
      setUntil(null)
    }
  }
  const week = (right: Right) => right.weekly.map((each) => `${each.days.map((day) => t(`camreg.day_${day}`)).join(' ')} ${clock(each.start)}–${clock(each.end)}`).join('; ')
  return (
    <div className={css.two} data-side="">
      <div className={css.scroll}>
        <p className={css.note}>{t('camreg.rights_how')}</p>
        {!rights && <Skeleton rows={4} />}
        {rights?.length === 0 && <p className={css.empty}>{t('camreg.rights_none')}</p>}
        <ul className={css.list}>
          {(rights ?? []).map((each) => (
            <li key={each.id} data-idle={each.in_force ? undefined : ''}>
              <strong data-effect={each.effect}>{t(`camreg.effect_${each.effect}`)}</strong>
              <span>
                {each.role ? t(`role.${each.role}`) : (each.account_name ?? t('camreg.unit'))}
                {' · '}
                {each.actions.map((action) => t(`camreg.action_${action}`)).join(', ')}
                {' · '}
                {groups.find((group) => group.id === each.group_id)?.name ?? t('camreg.all_cameras')}
                <small>{[week(each), each.until_at && t('camreg.until', { at: dayTime(each.until_at) }), !each.in_force && t('camreg.not_now'), each.note].filter(Boolean).join(' · ')}</small>
              </span>
              <button type="button" onClick={() => void run(() => desk.client.delete(`/api/camera-rights/${each.id}?command=${newId()}`), t('camreg.right_taken'))}>
                {t('camreg.remove')}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <aside className={css.card} aria-label={t('camreg.new_right')}>
        <h2>{t('camreg.new_right')}</h2>
        {fault && (
          <p className={css.fault} role="alert">
            {fault}
          </p>
        )}
        <form className={css.form} onSubmit={(event) => void submit(event)}>
          <fieldset>
            <label>
              {t('camreg.effect')}
              <select name="effect">
                {(['allow', 'deny'] as const).map((each) => (
                  <option key={each} value={each}>
                    {t(`camreg.effect_${each}`)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {t('camreg.whom')}
              <select name="whom">
                <optgroup label={t('camreg.roles')}>
                  {ROLES.map((each) => (
                    <option key={each} value={`role:${each}`}>
                      {t(`role.${each}`)}
                    </option>
                  ))}
                </optgroup>
                <optgroup label={t('camreg.people')}>
                  {people
                    .filter((each) => each.blocked_at === null)
                    .map((each) => (
                      <option key={each.id} value={`account:${each.id}`}>
                        {each.name}
                      </option>
                    ))}
                </optgroup>
              </select>
            </label>
            <label className={css.wide}>
              {t('camreg.group')}
              <select name="group">
                <option value="">{t('camreg.all_cameras')}</option>
                {groups.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </select>
            </label>
            <div className={`${css.ticks} ${css.wide}`} role="group" aria-label={t('camreg.actions')}>
              <span>{t('camreg.actions')}</span>
              {ACTIONS.map((each) => (
                <label key={each} className={css.tick}>
                  <input type="checkbox" name="action" value={each} defaultChecked={each === 'live'} />
                  {t(`camreg.action_${each}`)}
                </label>
              ))}
            </div>
            <div className={`${css.ticks} ${css.wide}`} role="group" aria-label={t('camreg.days')}>
              <span>{t('camreg.days')}</span>
              {DAYS.map((each) => (
                <label key={each} className={css.tick}>
                  <input type="checkbox" name="day" value={each} />
                  {t(`camreg.day_${each}`)}
                </label>
              ))}
            </div>
            <label>
              {t('camreg.start')}
              <input type="time" name="start" />
            </label>
            <label>
              {t('camreg.end')}
              <input type="time" name="end" />
            </label>
            <label className={css.wide}>
              {t('camreg.ends')}
              <MomentField value={until} onChange={setUntil} />
            </label>
            <label className={css.wide}>
              {t('camreg.note')}
              <input name="note" maxLength={200} />
            </label>
            <button type="submit" className={css.primary}>
              {t('camreg.save')}
            </button>
          </fieldset>
        </form>
      </aside>
    </div>
  )
}
