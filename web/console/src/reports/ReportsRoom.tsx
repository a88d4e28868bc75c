import { clock, newId, problemText } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import css from './reports.module.css'

/** As in jedel/citizen/schemas.py. */
interface PhoneReport {
  id: string
  receipt: string
  at: string
  imei: string | null
  phone_state: 'lost' | 'stolen'
  happened_on: string
  place: string | null
  name: string | null
  contact: string | null
  state: State
  reason: string | null
  decided_by: string | null
  decided_at: string | null
}
type State = 'waiting' | 'approved' | 'refused'

const STATES: State[] = ['waiting', 'approved', 'refused']
const REASONS = {
  approve: ['called_back', 'documents_seen', 'statement_taken'],
  refuse: ['not_reached', 'not_the_owner', 'phone_found', 'twice'],
}
/** Names are on no live feed: the list is asked for. */
const EVERY_MS = 10_000

/** Citizens' reports of phones: who, what, and an officer's yes or no with its reason. */
export function ReportsRoom() {
  const { t } = useTranslation()
  const desk = useDesk()
  const [state, setState] = useState<State>('waiting')
  const [fault, setFault] = useState<unknown>(null)
  const reports = useQuery({
    queryKey: ['phone-reports', state],
    queryFn: ({ signal }) => desk.client.get<PhoneReport[]>(`/api/phone-reports?state=${state}`, signal),
    refetchInterval: EVERY_MS,
    enabled: desk.mayDispatch,
  })
  const decide = async (report: PhoneReport, how: 'approve' | 'refuse', reason: string): Promise<void> => {
    try {
      await desk.client.post(`/api/phone-reports/${report.id}/${how}`, { id: newId(), reason })
      setFault(null)
      desk.notify('done', t(how === 'approve' ? 'reports.approved_done' : 'reports.refused_done', { receipt: sayable(report.receipt) }))
    } catch (error) {
      setFault(error)
    }
    await reports.refetch()
  }
  return (
    <section className={css.room} aria-label={t('rail.reports')}>
      <header className={css.head}>
        <h1>{t('reports.title')}</h1>
        <div role="group" aria-label={t('reports.title')} className={css.states}>
          {STATES.map((each) => (
            <button key={each} type="button" aria-pressed={state === each} onClick={() => setState(each)}>
              {t(`reports.${each}`)}
              {each === 'waiting' && state === 'waiting' && (reports.data?.length ?? 0) > 0 && ` ${reports.data?.length}`}
            </button>
          ))}
        </div>
      </header>
      <p className={css.hint}>{t('reports.hint')}</p>
      {fault !== null && (
        <p className={css.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      <div className={css.list}>
        {!desk.mayDispatch && <p className={css.empty}>{t('reports.not_yours')}</p>}
        {reports.isPending && desk.mayDispatch && <div className="j-skeleton" style={{ height: 120 }} aria-busy />}
        {reports.isError && <p className={css.empty}>{problemText(reports.error, t)}</p>}
        {reports.data?.length === 0 && <p className={css.empty}>{t(state === 'waiting' ? 'reports.empty' : 'reports.none')}</p>}
        {reports.data?.map((report) => (
          <Report key={report.id} report={report} decide={decide} />
        ))}
      </div>
    </section>
  )
}

/** As the citizen says it by phone. */
const sayable = (receipt: string): string => receipt.replace(/^(\d{3})(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3 $4')

interface Deciding {
  report: PhoneReport
  decide: (report: PhoneReport, how: 'approve' | 'refuse', reason: string) => Promise<void>
}

function Report({ report, decide }: Deciding) {
  const { t } = useTranslation()
  const forgotten = t('reports.forgotten')
  const rows: [string, string][] = [
    [t('reports.imei'), report.imei ?? forgotten],
    [t('reports.happened_on'), report.happened_on],
    [t('reports.place'), report.place ?? forgotten],
    [t('reports.name'), report.name ?? forgotten],
    [t('reports.contact'), report.contact ?? forgotten],
  ]
  return (
    <article className={css.report} aria-label={sayable(report.receipt)}>
      <header>
        <h2>{t(`reports.phone_${report.phone_state}`)}</h2>
        <span className={css.dim}>
          № {sayable(report.receipt)} · {report.at.slice(0, 10)} {clock(report.at)}
        </span>
      </header>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {report.state === 'waiting' ? (
        <div className={css.decide}>
          <Choice how="approve" report={report} decide={decide} />
          <Choice how="refuse" report={report} decide={decide} />
        </div>
      ) : (
        <p className={css.dim}>
          {t(`reports.${report.state}`)}: {t(`report_reason.${report.reason}`)}
          {report.decided_by && ` · ${report.decided_by}`}
          {report.decided_at && ` · ${report.decided_at.slice(0, 10)} ${clock(report.decided_at)}`}
        </p>
      )}
    </article>
  )
}

/** One of the two words, with its reason chosen first: the journal keeps the reason. */
function Choice({ how, report, decide }: Deciding & { how: 'approve' | 'refuse' }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  return (
    <form
      data-how={how}
      onSubmit={(event) => {
        event.preventDefault()
        setBusy(true)
        void decide(report, how, reason).finally(() => setBusy(false))
      }}
    >
      <select required value={reason} aria-label={t(`reports.${how}_why`)} onChange={(event) => setReason(event.target.value)}>
        <option value="">{t(`reports.${how}_why`)}</option>
        {REASONS[how].map((each) => (
          <option key={each} value={each}>
            {t(`report_reason.${each}`)}
          </option>
        ))}
      </select>
      <button type="submit" className={how === 'approve' ? css.primary : undefined} disabled={busy || reason === ''}>
        {t(`reports.${how}`)}
      </button>
    </form>
  )
}
