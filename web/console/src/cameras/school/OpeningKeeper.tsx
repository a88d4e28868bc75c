import { begins, inWords, prepare, settles } from '@jedel/ui'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAlarms, useDesk } from '../../desk/context'
import { useOpenings } from './useSchool'

/** An alarm's cameras are opened a moment after it. */
const OPENS_WITHIN_MS = 1_000

/**
 * Tells an officer who is in another room that a site's cameras came up: the dispatch room shows them by itself. What
 * pictures need beforehand is there before any of them is wanted.
 */
export function OpeningKeeper() {
  const { t } = useTranslation()
  const desk = useDesk()
  const openings = useOpenings()
  const known = useRef<Set<string> | null>(null)
  useEffect(() => void prepare(), [])
  useStillMap()
  const loaded = desk.feed.shown.seq >= 0
  useEffect(() => {
    if (!loaded) return
    const open = openings.filter((each) => each.opened_at)
    const before = known.current
    known.current = new Set(open.map((each) => each.id))
    if (!before || !desk.mayDispatch || desk.screen.get().room === 'dispatch') return
    for (const opening of open.filter((each) => !before.has(each.id)).slice(-1)) {
      const show = { label: t('school.whole'), run: () => desk.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: opening.id }) }
      desk.notify('news', t('school.news', { site: inWords(opening.site.name) }), show)
    }
  }, [desk, loaded, openings, t])
  return null
}

/** Pictures begin with the alarm itself: a map that is being drawn when they come holds them up. */
function useStillMap(): void {
  const alarms = useAlarms()
  const known = useRef<Set<string> | null>(null)
  useEffect(() => {
    const atSites = alarms.filter((alarm) => alarm.site && alarm.state === 'open')
    const before = known.current
    known.current = new Set(atSites.map((alarm) => alarm.id))
    if (!before || atSites.every((alarm) => before.has(alarm.id))) return
    const alarm = {}
    begins(alarm)
    setTimeout(() => settles(alarm), OPENS_WITHIN_MS)
  }, [alarms])
}
