import { alertPriority } from '@jedel/ui'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useMapInfo } from './hooks/mapInfo'
import { usePosition } from './hooks/position'
import { useLookoutSound, useSound, useWakeLock } from './hooks/sound'
import { useTablet } from './hooks/tablet'
import { Lookup } from './lookup/Lookup'
import { useKeeper } from './lookup/useKeeper'
import type { Device } from './offline/store'
import { Banners } from './parts/Banners'
import { Notices } from './parts/Notices'
import { TopBar } from './parts/TopBar'
import { LookoutStrip } from './parts/LookoutStrip'
import { Alert } from './screens/Alert'
import { Enrol } from './screens/Enrol'
import { Job } from './screens/Job'
import { OffShift } from './screens/OffShift'
import { Ready } from './screens/Ready'

export function App({ firstCode }: { firstCode: string | null }) {
  const { t } = useTranslation()
  const [, view] = useTablet()
  const [again, setAgain] = useState(false)
  useEffect(() => {
    document.title = view.unit ? `${view.unit.call_sign} · Jedel` : t('app.title')
  }, [view.unit, t])
  useEffect(() => {
    if (!view.refused) setAgain(false)
  }, [view.refused])
  if (!view.device || again)
    return <Enrol firstCode={firstCode} unsent={view.unsent} onBack={again ? () => setAgain(false) : null} />
  return <Duty device={view.device} onEnrol={() => setAgain(true)} />
}

function Duty({ device, onEnrol }: { device: Device; onEnrol: () => void }) {
  const { t } = useTranslation()
  const [tablet, view] = useTablet()
  const onShift = view.unit !== null && view.unit.shift !== null
  const where = usePosition(tablet, onShift, view.link.up)
  const info = useMapInfo(tablet, device, view.link.up)
  useSound(view)
  useWakeLock(onShift)
  const keeper = useKeeper(tablet, device.device_id, view.link.up, view.unit && onShift)
  const [looking, setLooking] = useState(false)
  const [watching, setWatching] = useState(false)
  const jobId = view.job?.incident.id
  const lookout = onShift ? view.alert : null
  useLookoutSound(lookout, view.job?.assignment.status === 'assigned')
  // A new call goes before everything, a car that comes before all that is not a call.
  useEffect(() => {
    setLooking(false)
    setWatching(false)
  }, [jobId, onShift])
  useEffect(() => {
    if (lookout?.id) setLooking(false)
  }, [lookout?.id])
  const lookUp = (): void => setLooking(true)
  const edge =
    view.job?.assignment.status === 'assigned'
      ? view.job.incident.priority
      : lookout?.state === 'unconfirmed'
        ? alertPriority(lookout)
        : undefined
  const shown = lookout !== null && !looking && (watching || !view.job)
  return (
    <div className="frame" data-alert={edge}>
      <TopBar />
      <Banners trouble={where.trouble} onEnrol={onEnrol} />
      {lookout && !shown && (
        <LookoutStrip
          alert={lookout}
          unitId={device.unit_id}
          onOpen={() => {
            setLooking(false)
            setWatching(true)
          }}
        />
      )}
      <main className="body">
        {view.unit === null ? (
          <p className="waiting">{t('shift.waiting_centre')}</p>
        ) : looking && keeper ? (
          <Lookup keeper={keeper} onBack={() => setLooking(false)} />
        ) : lookout && shown ? (
          <Alert key={lookout.id} alert={lookout} where={where} info={info} onJob={view.job ? () => setWatching(false) : null} />
        ) : view.job ? (
          <Job key={view.job.incident.id} job={view.job} where={where} info={info} onLookUp={lookUp} />
        ) : onShift ? (
          <Ready unit={view.unit} where={where} info={info} onLookUp={lookUp} />
        ) : (
          <OffShift unit={view.unit} />
        )}
      </main>
      <Notices />
    </div>
  )
}
