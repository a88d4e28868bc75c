import { elapsed, inWords, PriorityIcon, type MapInfo } from '@jedel/ui'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Where } from '../hooks/position'
import { useNotes } from '../hooks/notes'
import { useRoute } from '../hooks/route'
import { useSecond, useTablet } from '../hooks/tablet'
import { JobMap } from '../parts/JobMap'
import { Particulars } from '../parts/Particulars'
import { Steps } from '../parts/Steps'
import { WhereTo } from '../parts/WhereTo'
import { nextStep } from '../work/picture'
import type { Assignment, Incident } from '../work/types'
import { ResultForm } from './ResultForm'

interface JobProps {
  job: { incident: Incident; assignment: Assignment }
  where: Where
  info: MapInfo | null
  onLookUp: () => void
}

const LABEL = { en_route: 'job.go', on_scene: 'job.arrived', result: 'job.result' } as const

export function Job({ job, where, info, onLookUp }: JobProps) {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const { incident, assignment } = job
  const route = useRoute(tablet, incident, where.fix)
  const notes = useNotes(tablet, incident, view.link.up)
  const [closing, setClosing] = useState(false)
  const now = useSecond()
  const next = nextStep(assignment.status)
  const driving = assignment.status === 'en_route'

  // The demonstration's car follows the road that its crew was shown; a real one has a driver.
  const { follow } = where
  const line = driving ? (route?.line ?? null) : null
  const standing = line === null
  useEffect(() => {
    if (standing) follow(null)
  }, [follow, standing])
  useEffect(() => {
    if (line) follow(line)
    // Only the route's end matters: following it changes its beginning all the time.
  }, [follow, line?.at(-1)?.join(), standing]) // eslint-disable-line react-hooks/exhaustive-deps

  if (closing && assignment.status === 'on_scene') {
    return <ResultForm incident={incident} onBack={() => setClosing(false)} />
  }
  return (
    <div className="split">
      <div className="split-map">
        {info?.basemap && (
          <JobMap
            info={info}
            label={t('job.map')}
            here={where.fix}
            status={assignment.status === 'released' ? 'available' : assignment.status}
            goal={incident}
            route={route?.line ?? null}
          />
        )}
      </div>
      <section className="panel" data-priority={incident.priority} data-step={assignment.status}>
        <div className="band">
          <PriorityIcon priority={incident.priority} size={30} />
          <div className="band-words">
            {assignment.status === 'assigned' && <strong>{t('job.new')}</strong>}
            <strong>{t(`priority.${incident.priority}`)}</strong>
            <span className="band-number">{t('job.number', { number: incident.number })}</span>
          </div>
          <time className="band-time">{elapsed(incident.times.received ?? assignment.assigned_at, now)}</time>
        </div>
        <div className="panel-scroll">
          <h1 className="what">{inWords(incident.title)}</h1>
          <WhereTo incident={incident} assignment={assignment} fix={where.fix} route={route} />
          <Steps status={assignment.status} />
          <Particulars incident={incident} unitId={assignment.unit_id} notes={notes} />
          {view.more > 0 && <p className="more">{t('job.more', { count: view.more })}</p>}
        </div>
        <div className="actions">
          {assignment.status !== 'assigned' && (
            <button type="button" className="second" onClick={onLookUp}>
              {t('lookup.open')}
            </button>
          )}
          {next && (
            <button
              type="button"
              className="action main"
              onClick={() => (next === 'result' ? setClosing(true) : void tablet.advance(next))}
            >
              {t(LABEL[next])}
            </button>
          )}
        </div>
      </section>
    </div>
  )
}
