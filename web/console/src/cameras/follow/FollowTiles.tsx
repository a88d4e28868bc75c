import { Icon } from '@jedel/ui'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { Grid } from '../wall/Grid'
import { layoutOf } from '../wall/layout'
import { useWallKeys } from '../wall/useWallKeys'
import css from '../wall/wall.module.css'
import { FOLLOW_TILES, type Follow, settled, useAhead } from './ahead'

const LAYOUT = layoutOf('4')

/** The cameras ahead of a drive. A mode that is always named, and ends with Esc. */
export function FollowTiles({ follow }: { follow: Follow }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const ahead = useAhead(follow)
  const tiles = useRef<(string | null)[]>(Array<null>(FOLLOW_TILES).fill(null))
  const [selected, select] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)
  const cameras = useMemo(() => {
    const found = (ahead.data ?? []).map((each) => each.camera)
    tiles.current = settled(tiles.current, found.map((each) => each.id))
    return tiles.current.map((id) => found.find((each) => each.id === id) ?? null)
  }, [ahead.data])
  useWallKeys({ layout: LAYOUT, count: FOLLOW_TILES, selected, large, select, setLarge, leave: () => desk.screen.set({ followWall: null }) })
  return (
    <div className={css.walls}>
      <div className={css.bar} data-follow>
        <Icon name="follow" size={18} />
        <strong>{t('follow.now', { what: follow.label })}</strong>
        {ahead.isError && <span className={css.dim}>{t('follow.lost')}</span>}
        {ahead.isSuccess && cameras.every((each) => each === null) && <span className={css.dim}>{t('follow.none')}</span>}
        <span className={css.spring} />
        <button type="button" onClick={() => desk.screen.set({ followWall: null })}>
          {t('follow.end')} <kbd>Esc</kbd>
        </button>
      </div>
      <div className={css.board}>
        <Grid cameras={cameras} layout={LAYOUT} large={large} selected={selected} onSelect={select} onLarge={setLarge} />
      </div>
    </div>
  )
}
