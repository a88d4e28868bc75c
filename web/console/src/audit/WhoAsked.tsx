import { type Client, clock, inWords, newId, problemText, type Words } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './audit.module.css'
import { dayOf } from './Table'

interface Told {
  at: string
  purpose: Words
  authority: Words
  about: 'person' | 'vehicle'
}

/** What may be told to a person about look-ups of them; that it was told is on record. */
export function WhoAsked({ client }: { client: Client }) {
  const { t } = useTranslation()
  const [told, setTold] = useState<Told[] | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const iin = String(new FormData(event.currentTarget).get('iin') ?? '').trim()
    try {
      setTold(await client.post<Told[]>('/api/audit/who-asked', { id: newId(), iin }))
      setFault(null)
    } catch (error) {
      setTold(null)
      setFault(error)
    }
  }
  return (
    <>
      <form className={css.filter} onSubmit={(event) => void submit(event)}>
        <input name="iin" className={css.field} required maxLength={20} inputMode="numeric" placeholder={t('asked_by.iin')} aria-label={t('asked_by.iin')} autoComplete="off" />
        <button type="submit" className={css.primary}>{t('audit.show')}</button>
        <p className={css.hint}>{t('audit.who_what')}</p>
      </form>
      {fault !== null && <p className={css.fault} role="alert">{problemText(fault, t)}</p>}
      <div className={css.box}>
        {told?.length === 0 && <p className={css.empty}>{t('audit.who_none')}</p>}
        {told && told.length > 0 && (
          <table className={css.table}>
            <thead>
              <tr>
                <th>{t('audit.when')}</th>
                <th>{t('audit.about')}</th>
                <th>{t('audit.why')}</th>
                <th>{t('audit.authority')}</th>
              </tr>
            </thead>
            <tbody>
              {told.map((each, i) => (
                <tr key={i}>
                  <td className={css.when}>{dayOf(each.at)} {clock(each.at)}</td>
                  <td>{t(`audit.about_${each.about}`)}</td>
                  <td>{inWords(each.purpose)}</td>
                  <td>{inWords(each.authority)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  )
}
