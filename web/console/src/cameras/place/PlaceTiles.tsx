import { useElementSize } from '@mantine/hooks'
import { distance, Icon } from '@jedel/ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { Skeleton } from '../../shell/Skeleton'
import { Grid } from '../wall/Grid'
import { fitted } from '../wall/layout'
import { useWallKeys } from '../wall/useWallKeys'
import css from '../wall/wall.module.css'
import { atOnce, type LookedAt, type Looking, toggled, useLooking } from './looking'

/** The cameras that see a place: the best are shown, all are in the list. A mode that is always named. */
export function PlaceTiles({ place }: { place: LookedAt }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const looking = useLooking(place)
  const found = useMemo(() => looking.data ?? [], [looking.data])
  const [chosen, choose] = useState<string[] | null>(null)
  const [first, setFirst] = useState<string[] | null>(null)
  // What came up stays up, however its order changes meanwhile.
  if (first === null && looking.isSuccess) setFirst(atOnce(found))
  const shown = chosen ?? first ?? []
  const cameras = shown.flatMap((id) => found.find((each) => each.camera.id === id)?.camera ?? [])
  const [selected, select] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)
  const leave = () => desk.screen.set({ wallAt: null })
  const { ref, width, height } = useElementSize()
  useWallKeys({ layout: fitted(cameras.length, width, height), count: cameras.length, selected, large, select, setLarge, leave })
  return (
    <div className={css.walls} data-search>
      <div className={css.bar} data-looking-at>
        <Icon name="eye" size={18} />
        <strong>{t('place.now', { what: place.label })}</strong>
        <span className={css.spring} />
        <button type="button" onClick={() => desk.screen.set({ room: 'dispatch' })}>
          <Icon name="dispatch" size={16} /> {t('place.to_map')}
        </button>
        <button type="button" onClick={leave}>
          {t('follow.end')} <kbd>Esc</kbd>
        </button>
      </div>
      <div ref={ref} className={css.board}>
        <Grid
          cameras={cameras}
          large={large}
          selected={selected}
          incident={place.incident}
          onSelect={select}
          onLarge={setLarge}
          signs={(camera) => <Sees className={css.zone} looking={found.find((each) => each.camera.id === camera.id)} />}
        />
      </div>
      <aside className={css.side} aria-label={t('place.all')}>
        {looking.isPending && <Skeleton rows={6} />}
        {looking.isError && <p className={css.hint}>{t('wall.search_failed')}</p>}
        {looking.isSuccess && found.length === 0 && <p className={css.hint}>{t('place.none')}</p>}
        <ul className={css.found}>
          {found.map((each) => (
            <li key={each.camera.id}>
              <button type="button" data-there={shown.includes(each.camera.id) || undefined} aria-pressed={shown.includes(each.camera.id)} onClick={() => choose(toggled(shown, each.camera.id))}>
                <span>{each.camera.name}</span>
                <span className={css.dim}>
                  <Sees looking={each} />
                  {each.camera.zone && each.camera.zone !== 'street' && ` · ${t(`camzone.${each.camera.zone}`)}`}
                  {each.camera.state === 'down' && ` · ${t('wall.down')}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </aside>
    </div>
  )
}

function Sees({ looking, className }: { looking: Looking | undefined; className?: string }) {
  const { t } = useTranslation()
  if (!looking) return null
  return <span className={className} data-sees={looking.sees}>{t(`place.${looking.sees}`, { distance: distance(looking.metres, t('unit.m'), t('unit.km')) })}</span>
}
