import { clock, currentLanguage, dayTime, newId, problemText, tenths } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../desk/context'
import css from './archive.module.css'
import type { Span } from './span'
import type { ExportView, Why } from './types'

interface Props {
  cameraIds: string[]
  names: ReadonlyMap<string, string>
  why: Why
  marked: Span
  onClose: () => void
}

/** Has files made of what is marked, one for each camera, with their hashes; then they can be taken. */
export function ExportForm({ cameraIds, names, why, marked, onClose }: Props) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set(cameraIds))
  const [asked, setAsked] = useState<string[]>([])
  const [refused, setRefused] = useState<string[]>([])
  const [busy, setBusy] = useState(false)
  const ask = async () => {
    setBusy(true)
    setRefused([])
    for (const camera of cameraIds.filter((each) => chosen.has(each))) {
      const id = newId()
      try {
        await desk.client.post(`/api/cameras/${camera}/export`, {
          id, since: new Date(marked.from).toISOString(), until: new Date(marked.until).toISOString(),
          purpose: why.purpose, incident_id: why.incidentId, case_number: why.caseNumber,
        })
        setAsked((before) => [...before, id])
      } catch (error) {
        setRefused((before) => [...before, `${names.get(camera)}: ${problemText(error, t)}`])
      }
    }
    setBusy(false)
  }
  return (
    <section className={css.export} role="dialog" aria-label={t('archive.export')} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <h2>{t('archive.export')}</h2>
      <p>
        {dayTime(new Date(marked.from).toISOString()).split(',')[0]}, {clock(new Date(marked.from).toISOString())} – {clock(new Date(marked.until).toISOString())} · {t('archive.seconds', { count: Math.round((marked.until - marked.from) / 1000) })}
      </p>
      {asked.length === 0 ? (
        <>
          <ul>
            {cameraIds.map((camera) => (
              <li key={camera}>
                <label>
                  <input
                    type="checkbox"
                    checked={chosen.has(camera)}
                    onChange={() => choose((before) => new Set(before.has(camera) ? [...before].filter((each) => each !== camera) : [...before, camera]))}
                  />{' '}
                  {names.get(camera)}
                </label>
              </li>
            ))}
          </ul>
          <p className={css.dim}>{t('archive.export_what')}</p>
          <Refused all={refused} />
          <div className={css.buttons}>
            <button type="button" className={css.primary} autoFocus disabled={busy || chosen.size === 0} onClick={() => void ask()}>
              {t('archive.export_go')}
            </button>
            <button type="button" onClick={onClose}>
              {t('archive.cancel')}
            </button>
          </div>
        </>
      ) : (
        <>
          <ul>
            {asked.map((id) => (
              <Made key={id} id={id} names={names} />
            ))}
          </ul>
          <Refused all={refused} />
          <div className={css.buttons}>
            <button type="button" onClick={onClose}>
              {t('archive.close')}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

/** Why some of them are not made; it stays until one asks again. */
function Refused({ all }: { all: string[] }) {
  if (all.length === 0) return null
  return (
    <div role="alert">
      {all.map((each) => (
        <p key={each} className={css.faultText}>
          {each}
        </p>
      ))}
    </div>
  )
}

function Made({ id, names }: { id: string; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const found = useQuery({
    queryKey: ['archive', 'export', id],
    queryFn: ({ signal }) => desk.client.get<ExportView>(`/api/camera-exports/${id}`, signal),
    refetchInterval: ({ state }) => (state.data?.made_at || state.data?.fault ? false : 1_000),
  })
  const made = found.data
  return (
    <li className={css.made} data-export={id}>
      <span>{made ? names.get(made.camera_id) : '…'}</span>
      {!made?.made_at && !made?.fault && <span className={css.dim}>{t('archive.export_making')}</span>}
      {made?.fault && <span className={css.faultText}>{t(`archive.export_fault_${made.fault}`)}</span>}
      {made?.made_at && !made.fault && (
        <>
          <a href={`/api/camera-exports/${id}/file`} download>
            {t('archive.export_fetch', { megabytes: tenths((made.bytes ?? 0) / 1e6, currentLanguage()) })}
          </a>
          <code title="SHA-256">{made.sha256}</code>
        </>
      )}
    </li>
  )
}
