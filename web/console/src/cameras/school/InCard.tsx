import { type Incident, newId, problemText, type Site } from '@jedel/ui'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import card from '../../card/card.module.css'
import { useDesk, useScreen } from '../../desk/context'
import type { Opening } from '../types'
import { Tile } from '../wall/Tile'
import css from './school.module.css'
import { useFirstInLine, useOpenings, useWallCameras } from './useSchool'

const IN_CARD = 2
const PURPOSE_MIN = 10

/** The site's cameras in the card of its incident: open by its alarm, by two persons, or shut. */
export function InCard({ incident, site }: { incident: Incident; site: Site | null }) {
  const { t } = useTranslation()
  const openings = useOpenings().filter((each) => each.incident_id === incident.id)
  const open = openings.filter((each) => each.opened_at)
  const asked = openings.filter((each) => !each.opened_at)
  const active = incident.state !== 'closed'
  if (!active || (openings.length === 0 && !site)) return null
  return (
    <section className={card.section}>
      <h3 className={card.heading}>{t('school.cameras')}</h3>
      {open.map((each) => (
        <Open key={each.id} opening={each} />
      ))}
      {asked.map((each) => (
        <Asked key={each.id} opening={each} />
      ))}
      {openings.length === 0 && site && <Shut incident={incident} site={site} />}
    </section>
  )
}

/** The first two live, unless the whole wall stands beside the card. */
function Open({ opening }: { opening: Opening }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const cameras = useWallCameras(opening)
  const room = useScreen((screen) => screen.room)
  const onWall = useFirstInLine().shown?.id === opening.id && desk.mayDispatch
  const all = () => desk.screen.set((now) => ({ wallsAway: new Set([...now.wallsAway].filter((id) => id !== opening.id)), room: 'cameras', camerasTab: 'wall', wallOf: opening.id }))
  return (
    <>
      {!onWall && room === 'dispatch' && (
        <div className={css.two}>
          {cameras.slice(0, IN_CARD).map((camera, place) => (
            <div key={camera.id}>
              <Tile camera={camera} incident={opening.incident_id} place={place} selected={false} large={false} onSelect={() => undefined} onLarge={all} />
            </div>
          ))}
        </div>
      )}
      <button type="button" className={card.button} onClick={all}>
        {t('school.show')} · {opening.cameras.length} <kbd>W</kbd>
      </button>
    </>
  )
}

function Asked({ opening }: { opening: Opening }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [busy, setBusy] = useState(false)
  const mine = opening.asked_by === `account:${desk.me.id}`
  const say = async (what: 'approve' | 'close') => {
    setBusy(true)
    try {
      await desk.client.post(`/api/openings/${opening.id}/${what}`, { id: newId() })
    } catch (error) {
      desk.notify('refused', problemText(error, t))
    }
    setBusy(false)
  }
  return (
    <div className={css.asked}>
      <p>{t('opening.waits', { who: mine ? desk.me.name : t('role.supervisor'), purpose: opening.purpose })}</p>
      {desk.mayDispatch && (
        <span>
          {!mine && (
            <button type="button" className={card.primary} disabled={busy} onClick={() => void say('approve')}>
              {t('opening.approve')}
            </button>
          )}
          <button type="button" className={card.button} disabled={busy} onClick={() => void say('close')}>
            {t('opening.refuse')}
          </button>
        </span>
      )}
    </div>
  )
}

/** A quiet day's cameras: nobody sees in, and only a supervisor may ask that two persons open them. */
function Shut({ incident, site }: { incident: Incident; site: Site }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const [asking, setAsking] = useState(false)
  const [purpose, setPurpose] = useState('')
  const ask = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await desk.client.post('/api/openings', { id: newId(), incident_id: incident.id, site_id: site.id, purpose: purpose.trim() })
      setAsking(false)
    } catch (error) {
      desk.notify('refused', problemText(error, t))
    }
  }
  return (
    <>
      <p className={card.empty}>{t('school.shut')}</p>
      {desk.me.role === 'supervisor' && !asking && (
        <button type="button" className={card.button} onClick={() => setAsking(true)}>
          {t('opening.ask')}
        </button>
      )}
      {asking && (
        <form className={css.asked} onSubmit={(event) => void ask(event)}>
          <label>
            {t('opening.purpose')}
            <textarea value={purpose} maxLength={200} rows={2} autoFocus onChange={(event) => setPurpose(event.target.value)} />
          </label>
          <button type="submit" className={card.primary} disabled={purpose.trim().length < PURPOSE_MIN}>
            {t('opening.send')}
          </button>
        </form>
      )}
    </>
  )
}
