/** The road to the place of the job: asked once, asked again when the car leaves it, kept for times without a link. */
import { useEffect, useMemo, useState } from 'react'

import { keep, read } from '../offline/store'
import type { Fix } from '../positions/batch'
import { ahead, OFF_ROUTE_M, type Ahead, type Route } from '../work/route'
import type { Tablet } from '../work/tablet'
import type { Incident } from '../work/types'

const AGAIN_MS = 5_000

interface Known {
  incident: string
  route: Route
}

export function useRoute(
  tablet: Tablet,
  incident: Incident | null,
  fix: Fix | null,
): (Ahead & { estimated: boolean }) | null {
  const [known, setKnown] = useState<Known | null>(null)
  const [askedAt, setAskedAt] = useState(0)
  const route = known && known.incident === incident?.id ? known.route : null
  const left = useMemo(() => (route && fix ? ahead(route, fix) : null), [route, fix])

  useEffect(() => {
    if (!incident || known?.incident === incident.id) return
    void read<Known>(tablet.db, 'route').then((kept) => {
      if (kept?.incident === incident.id) setKnown((now) => now ?? kept)
    })
  }, [tablet, incident, known])

  const lost = fix !== null && (left === null || left.off_m > OFF_ROUTE_M)
  useEffect(() => {
    if (!incident || !fix || !lost || Date.now() - askedAt < AGAIN_MS) return
    setAskedAt(Date.now())
    void tablet.api.route(fix, incident.place).then((reply) => {
      if (reply.kind !== 'taken') return
      const found = { incident: incident.id, route: reply.body }
      setKnown(found)
      void keep(tablet.db, 'route', found)
    })
  }, [tablet, incident, fix, lost, askedAt])

  if (!route) return null
  return {
    ...(left ?? { line: route.line, seconds: route.seconds, metres: route.metres, off_m: 0 }),
    estimated: route.estimated,
  }
}
