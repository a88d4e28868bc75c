import { caseNumber, inWords, newId, Plate, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useIncidents } from '../../desk/context'
import shared from '../plates.module.css'
import css from './lists.module.css'
import type { LegalGround, WatchEntry } from '../types'

const DAY_MS = 86_400_000

/** An entry for a plate: nothing is looked for until a second person has approved just this. */
export function Propose({ onProposed }: { onProposed: () => void }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const queries = useQueryClient()
  const incidents = useIncidents()
  const [plate, setPlate] = useState('')
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const grounds = useQuery({
    queryKey: ['watch', 'grounds'],
    queryFn: ({ signal }) => desk.client.get<LegalGround[]>('/api/qorgau/watch/grounds', signal),
    staleTime: 600_000,
  })
  const ground = grounds.data?.find((each) => each.code === code)
  const today = new Date()
  const latest = ground ? new Date(today.getTime() + ground.max_days * DAY_MS) : today
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const made = event.currentTarget
    const form = new FormData(made)
    const text = (name: string): string => String(form.get(name) ?? '').trim()
    const [incident, number] = [text('incident'), text('case')]
    setBusy(true)
    try {
      await desk.client.post<WatchEntry>('/api/qorgau/watch', {
        id: newId(),
        plate: text('plate'),
        legal: code,
        action: text('action'),
        until: text('until'),
        source: text('source'),
        reason: text('reason'),
        ...(incident ? { incident_id: incident } : {}),
        ...(number ? { case_number: caseNumber(number) ?? number } : {}),
      })
      setFault(null)
      desk.notify('done', t('watch.proposed_done', { name: text('plate').toUpperCase() }))
      made.reset()
      setPlate('')
      setCode('')
      onProposed()
    } catch (error) {
      setFault(error)
    }
    setBusy(false)
    await queries.invalidateQueries({ queryKey: ['watch'] })
  }
  return (
    <form className={`${shared.form} ${css.propose}`} onSubmit={(event) => void submit(event)} aria-label={t('watch.propose')}>
      <h2>{t('watch.propose')}</h2>
      <p className={shared.dim}>{t('watch.propose_what')}</p>
      <label>
        {t('watch.plate')}
        <input name="plate" required maxLength={20} value={plate} autoComplete="off" spellCheck={false} onChange={(event) => setPlate(event.target.value)} />
      </label>
      {/^[0-9A-Z]{5,10}$/.test(plain(plate)) && <Plate text={plain(plate)} size={40} />}
      <label>
        {t('watch.ground')}
        <select name="legal" required value={code} onChange={(event) => setCode(event.target.value)}>
          <option value="">{t('watch.choose_ground')}</option>
          {grounds.data?.map((each) => (
            <option key={each.code} value={each.code}>
              {inWords(each.names)}
            </option>
          ))}
        </select>
      </label>
      {grounds.isError && <p className={shared.fault}>{problemText(grounds.error, t)}</p>}
      {ground && (
        <p className={shared.dim}>
          {[t(`ground.${ground.ground}`), ground.law && inWords(ground.law), t('watch.at_most', { days: ground.max_days })].filter(Boolean).join(' · ')}
        </p>
      )}
      {ground && (
        <>
          <label>
            {t('watch.action')}
            <select name="action" key={`action ${code}`} required>
              {ground.actions.map((each) => (
                <option key={each} value={each}>
                  {t(`alert_action.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('watch.until')}
            <input type="date" name="until" key={`until ${code}`} required min={iso(today)} max={iso(latest)} defaultValue={iso(new Date(Math.min(latest.getTime(), today.getTime() + 7 * DAY_MS)))} />
          </label>
          {ground.needs !== 'incident' && (
            <label>
              {t('watch.case')}
              <input name="case" required={ground.needs === 'case'} maxLength={40} autoComplete="off" />
            </label>
          )}
          {ground.needs !== 'case' && (
            <label>
              {t('lookups.incident')}
              <select name="incident" required={ground.needs === 'incident'}>
                <option value="">–</option>
                {incidents.map((each) => (
                  <option key={each.id} value={each.id}>
                    № {each.number} · {inWords(each.title)} · {inWords(each.place.label)}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label>
            {t('watch.source')}
            <input name="source" required maxLength={200} placeholder={t('watch.source_how')} />
          </label>
          <label>
            {t('watch.reason')}
            <textarea name="reason" required maxLength={4000} rows={3} placeholder={t('watch.reason_how')} />
          </label>
        </>
      )}
      {fault !== null && (
        <p className={shared.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      <button type="submit" className={shared.primary} disabled={busy || !ground}>
        {t('watch.propose_go')}
      </button>
    </form>
  )
}

const iso = (day: Date): string => day.toISOString().slice(0, 10)
const plain = (typed: string): string => typed.replace(/[\s\-–—|./]+/g, '').toUpperCase()
