import { inWords, prepare } from '@jedel/ui'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { useOpenings } from './useSchool'

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
