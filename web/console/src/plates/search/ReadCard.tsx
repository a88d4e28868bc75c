import { caseNumber as asCaseNumber, clock, dayTime, Icon, lookWord, newId, Plate, type PlateRead, problemText } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { Picture } from '../Picture'
import shared from '../plates.module.css'
import css from './search.module.css'
import { wayOf } from '../way'

const KEEP_DAYS = 90
const DAY_MS = 86_400_000

/** One passing: pictures, what was read how surely, and the way to keep it for a case. */
export function ReadCard({ read, caseNumber, onClose }: { read: PlateRead; caseNumber: string | null; onClose: () => void }) {
  const { t } = useTranslation()
  const way = wayOf(read.heading)
  const facts: [string, string][] = [
    [t('psearch.at'), `${dayTime(read.at).slice(0, 10)} ${clock(read.at)}`],
    [t('psearch.camera'), read.camera.name],
    [t('psearch.way'), way === null ? t('looks.unknown') : t(`heading.${way}`)],
    [t('psearch.speed'), read.speed_kmh === null ? t('looks.unknown') : t('alerts.speed', { speed: Math.round(read.speed_kmh) })],
    ...(['make', 'colour', 'body'] as const).map((what): [string, string] => [t(`looks.${what}`), lookWord(what, read[what], t) || t('looks.unknown')]),
    [t('psearch.confidence'), `${read.confidence} % · ${t('alerts.read', { frames: read.frames, weakest: read.weakest })}`],
    [t('psearch.reader'), t(`plate_reader.${read.reader}`, { defaultValue: read.reader })],
  ]
  return (
    <aside className={shared.readCard} aria-label={read.plate}>
      <header className={shared.sideHead}>
        <Plate text={read.plate} series={read.series} size={40} />
        <button type="button" aria-label={t('action.dismiss')} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {read.grounds.length > 0 && (
        <p>
          <span className={shared.standing}>{t('alert_state.unconfirmed')}</span> {read.grounds.map((code) => t(`ground.${code}`)).join(' · ')}
        </p>
      )}
      <div className={shared.readPictures}>
        <Picture read={read} kind="car" />
        <Picture read={read} kind="plate" />
      </div>
      <div className={css.readFacts}>
        <dl className={css.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <Keep read={read} caseNumber={caseNumber} />
      </div>
    </aside>
  )
}

/** What matched nothing is erased after a day: what a case needs is kept by its number, until a day. */
function Keep({ read, caseNumber }: { read: PlateRead; caseNumber: string | null }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [fault, setFault] = useState<unknown>(null)
  const [kept, setKept] = useState<string | null>(null)
  if (!desk.mayDispatch) return null
  const today = new Date()
  const keep = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const typed = String(form.get('case') ?? '').trim()
    const number = asCaseNumber(typed) ?? typed
    try {
      await desk.client.post(`/api/plates/reads/${read.id}/evidence`, { id: newId(), plate: read.plate, at: read.at, case_number: number, until: String(form.get('until')) })
      setFault(null)
      setKept(number)
    } catch (error) {
      setFault(error)
    }
  }
  if (kept)
    return (
      <p className={css.kept} role="status">
        <Icon name="check" size={18} /> {t('psearch.kept', { number: kept })}
      </p>
    )
  return (
    <form className={shared.form} onSubmit={(event) => void keep(event)} aria-label={t('psearch.keep')}>
      <h3>{t('psearch.keep')}</h3>
      <div className={css.two}>
        <label>
          {t('watch.case')}
          <input name="case" required maxLength={40} defaultValue={caseNumber ?? ''} autoComplete="off" />
        </label>
        <label>
          {t('watch.until')}
          <input type="date" name="until" required min={iso(today)} defaultValue={iso(new Date(today.getTime() + KEEP_DAYS * DAY_MS))} />
        </label>
      </div>
      {fault !== null && (
        <p className={shared.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
      <button type="submit">{t('psearch.keep_go')}</button>
    </form>
  )
}

const iso = (day: Date): string => day.toISOString().slice(0, 10)
