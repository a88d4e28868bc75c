import { clock, Icon, type Client } from '@jedel/ui'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { usePurposes } from '../lookups/purposes'
import type { LookUp } from '../lookups/Waiting'
import css from './audit.module.css'

interface Props {
  client: Client
  rows: LookUp[]
  /** A press on a name or a number narrows the list to it. */
  onAccount?: (id: string, name: string) => void
  onNumber?: (number: string) => void
}

/** Who asked what, when and why. */
export function LookUpTable({ client, rows, onAccount, onNumber }: Props) {
  const { t } = useTranslation()
  const nameOf = usePurposes(client)
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>{t('audit.when')}</th>
          <th>{t('audit.account')}</th>
          <th>{t('audit.what')}</th>
          <th>{t('audit.why')}</th>
          <th>{t('audit.for')}</th>
          <th>{t('audit.where')}</th>
          <th>{t('audit.outcome')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each) => (
          <tr key={each.id}>
            <td className={css.when}>
              {dayOf(each.offline_at ?? each.at)} {clock(each.offline_at ?? each.at)}
            </td>
            <td>
              {onAccount ? (
                <button type="button" className={css.narrow} onClick={() => onAccount(each.account_id, each.account ?? '')}>{each.account}</button>
              ) : (
                each.account
              )}
            </td>
            <td>
              <span className={css.dim}>{t(`asked_by.${each.asked_by}`)}</span>{' '}
              {onNumber ? (
                <button type="button" className={css.narrow} onClick={() => onNumber(each.asked)}>{each.asked}</button>
              ) : (
                <strong>{each.asked}</strong>
              )}
            </td>
            <td>{nameOf(each.purpose)}</td>
            <td>{forOf(each, t('lookups.incident'), t('lookups.case'))}</td>
            <td>{each.device ? <span className={css.device}><Icon name="tablet" size={16} />{each.device}</span> : t('audit.console')}</td>
            <td>{outcome(each, t)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const outcome = (each: LookUp, t: TFunction): string => {
  if (each.offline_at) return t('audit.offline', { time: clock(each.at) })
  if (each.state === 'asked') return t('audit.asked')
  if (each.state === 'refused') return `${t('lookups.refused_by', { name: each.decider ?? '' })}: ${each.refusal ?? ''}`
  return each.decider ? t('lookups.granted_by', { name: each.decider }) : t('audit.answered')
}

export const dayOf = (iso: string): string => new Date(iso).toLocaleDateString('ru-KZ')

const forOf = (each: LookUp, incident: string, kase: string): string =>
  each.incident_id ? `${incident} № ${each.incident_number ?? '?'}` : kase.replace('{number}', each.case_number ?? '')
