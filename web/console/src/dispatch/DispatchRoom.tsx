import { whenPicturesStand } from '@jedel/ui'
import { useEffect, useState } from 'react'
import { AlarmsPanel } from '../alarms/AlarmsPanel'
import { TestCalls } from '../calls/CallSection'
import { IncidentCard } from '../card/IncidentCard'
import { SchoolWall } from '../cameras/school/SchoolWall'
import { useFirstInLine } from '../cameras/school/useSchool'
import { CommandLine } from '../command/CommandLine'
import { useDesk, useScreen } from '../desk/context'
import { OpenIncident } from '../incident/OpenIncident'
import { CityMap } from '../map/CityMap'
import { Peek } from '../map/Peek'
import { Queue } from '../queue/Queue'
import { UnitsPanel } from '../units/UnitsPanel'
import css from './dispatch.module.css'
import { PanelTabs } from './PanelTabs'

/** The duty officer's one screen: queue, map, the card of the open incident, units and alarms folding out. */
export function DispatchRoom() {
  const desk = useDesk()
  const panel = useScreen((screen) => screen.panel)
  const incidentId = useScreen((screen) => screen.incidentId)
  const draft = useScreen((screen) => screen.draft)
  const { shown, behind } = useFirstInLine()
  const wall = desk.mayDispatch ? shown : null
  const walled = wall !== null
  // A map that changes its size is drawn anew: not while sixteen pictures begin above it.
  const [below, setBelow] = useState(false)
  useEffect(() => (walled ? whenPicturesStand(() => setBelow(true)) : setBelow(false)), [walled])
  const card = draft !== null || incidentId !== null
  return (
    <div className={css.room} data-card={card || undefined}>
      <Queue />
      <section className={css.stage}>
        <div className={css.ground} data-wall={(walled && below) || undefined}>
          <CityMap />
        </div>
        {wall && <SchoolWall key={wall.id} opening={wall} behind={behind} />}
        <div className={css.looked} data-wall={walled || undefined} data-panel={panel ?? undefined}>
          <Peek />
        </div>
        <div className={css.panel} data-open={panel !== null || undefined}>
          <PanelTabs panel={panel} onChange={(next) => desk.screen.set({ panel: next })} />
          {panel === 'units' && <UnitsPanel />}
          {panel === 'alarms' && <AlarmsPanel />}
        </div>
        <aside className={css.card}>
          <TestCalls />
          {draft ? <OpenIncident draft={draft} /> : incidentId && <IncidentCard key={incidentId} id={incidentId} />}
          <CommandLine />
        </aside>
      </section>
    </div>
  )
}
