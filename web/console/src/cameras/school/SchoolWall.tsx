import { begins, Icon, inWords, PlaceIcon, PriorityIcon, settles, whenPicturesStand } from '@jedel/ui'
import { useEffect, useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../../desk/context'
import { Grid } from '../wall/Grid'
import walls from '../wall/wall.module.css'
import type { Opening } from '../types'
import css from './school.module.css'
import { useIncidentOf, useWallCameras } from './useSchool'

const TILES_WITHIN_MS = 500

/**
 * The cameras of the site whose alarm is first in line, over the map of the dispatch room: they come by themselves and
 * take no key from anybody. W makes a room of them.
 */
export function SchoolWall({ opening, behind }: { opening: Opening; behind: Opening[] }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const room = useScreen((screen) => screen.room)
  const cameras = useWallCameras(opening)
  const [selected, setSelected] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)

  // From now on pictures begin, though the tiles come only when it is known how large they are.
  useLayoutEffect(() => {
    const wall = {}
    begins(wall)
    const timer = setTimeout(() => settles(wall), TILES_WITHIN_MS)
    return () => {
      clearTimeout(timer)
      settles(wall)
    }
  }, [])
  // Where it is, on what is left of the map: when the pictures stand.
  useEffect(() => whenPicturesStand(() => desk.map?.show(opening.site.lon, opening.site.lat, 15)), [desk, opening.site.lat, opening.site.lon])

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.code !== 'KeyW') return
      if (desk.screen.get().room !== 'dispatch') return
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"], [role="menu"]')) return
      event.preventDefault()
      desk.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: opening.id })
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [desk, opening.id])

  return (
    <section className={css.overlay} aria-label={t('school.label', { site: inWords(opening.site.name) })} data-level={opening.level}>
      <SchoolHead opening={opening} compact>
        {behind.length > 0 && <span className={css.behind}>{t('school.behind', { count: behind.length })}</span>}
        <button type="button" title={t('school.whole')} onClick={() => desk.screen.set({ room: 'cameras', camerasTab: 'wall', wallOf: opening.id })}>
          <span className={css.whole}>{t('school.whole')}</span> <kbd>W</kbd>
        </button>
        <button type="button" title={t('wall.second')} aria-label={t('wall.second')} onClick={() => openSecond('alarms')}>
          <Icon name="tablet" size={16} />
        </button>
        <button type="button" title={t('school.away')} aria-label={t('school.away')} onClick={() => desk.screen.set((now) => ({ wallsAway: new Set([...now.wallsAway, opening.id]) }))}>
          <Icon name="close" size={16} />
        </button>
      </SchoolHead>
      <div className={css.tiles}>
        {room === 'dispatch' && (
          <Grid cameras={cameras} incident={opening.incident_id} large={large} selected={selected} digits={false} signs={(camera) => (cameras.find((each) => each.id === camera.id)?.sees ? <span className={walls.sees}>{t('school.sees')}</span> : null)} onSelect={setSelected} onLarge={setLarge} />
        )}
      </div>
    </section>
  )
}

/** What, where, how grave; the number leads to the card. */
export function SchoolHead({ opening, compact, children }: { opening: Opening; compact?: boolean; children?: React.ReactNode }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const incident = useIncidentOf(opening)
  return (
    <header className={css.head} data-level={opening.level}>
      <PriorityIcon priority={opening.level === 'lockdown' ? 'emergency' : 'urgent'} size={22} title={t(`level.${opening.level}`)} />
      <PlaceIcon kind={opening.site.kind as 'school'} size={18} />
      <h2>{inWords(opening.site.name)}</h2>
      <strong className={css.level}>{t(`level.${opening.level}`)}</strong>
      {!compact && opening.site.address && <span className={walls.dim}>{opening.site.address}</span>}
      {incident && (
        <button type="button" className={css.number} onClick={() => desk.open(incident.id)}>
          № {incident.number}
        </button>
      )}
      <span className={walls.spring} />
      {children}
    </header>
  )
}

/** A window for the second screen, which follows by itself from then on. */
export function openSecond(wall: string): void {
  const address = new URL(location.pathname, location.href)
  address.searchParams.set('wall', wall)
  window.open(address, `jedel-wall-${wall}`, 'popup,width=1280,height=720')
}

