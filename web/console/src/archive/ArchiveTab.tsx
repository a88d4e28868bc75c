import { useCell } from '../desk/store'
import { ArchivePanel } from './ArchivePanel'
import { looked } from './open'

/** The archive in the room of cameras, with what it was opened for. */
export function ArchiveTab() {
  const { cameraIds, at, incidentId } = useCell(looked, (now) => now)
  return <ArchivePanel cameraIds={cameraIds} at={at} incidentId={incidentId} />
}
