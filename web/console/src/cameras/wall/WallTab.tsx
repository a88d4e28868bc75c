import { Icon, inWords, newId } from '@jedel/ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk, useScreen } from '../../desk/context'
import { FollowTiles } from '../follow/FollowTiles'
import { PlaceTiles } from '../place/PlaceTiles'
import { SchoolStage } from '../school/SchoolStage'
import { openSecond } from '../school/SchoolWall'
import { useFirstInLine, useOpenings } from '../school/useSchool'
import { Grid } from './Grid'
import { LAYOUTS, layoutOf } from './layout'
import { SearchSide } from './SearchSide'
import { nextPlace, put, relaid } from './tiles'
import { useTileCameras, useWallActions, useWalls, type WallDraft } from './useWalls'
import { useWallKeys } from './useWallKeys'
import css from './wall.module.css'

/** The wall of alarms where one was called for, that of a drive or of a place while one is looked at, else one's own. */
export function WallTab() {
  const desk = useDesk()
  const wallOf = useScreen((screen) => screen.wallOf)
  const follow = useScreen((screen) => screen.followWall)
  const at = useScreen((screen) => screen.wallAt)
  const opening = useOpenings().find((each) => each.id === wallOf && each.opened_at)
  if (opening) return <SchoolStage key={opening.id} opening={opening} onLeave={() => desk.screen.set({ wallOf: null, room: 'dispatch' })} />
  if (follow) return <FollowTiles key={follow.id} follow={follow} />
  if (at) return <PlaceTiles key={`${at.lon} ${at.lat}`} place={at} />
  return <OwnWall />
}

const FIRST: WallDraft = { name: '', layout: '4', tiles: relaid([], '4'), shared: false }

function OwnWall() {
  const { t } = useTranslation()
  const desk = useDesk()
  const walls = useWalls()
  const { save, remove } = useWallActions()
  const wallId = useScreen((screen) => screen.wallId)
  const saved = walls.find((each) => each.id === wallId)
  const [draft, setDraft] = useState<WallDraft | null>(null)
  const wall: WallDraft = draft ?? saved ?? FIRST
  const tiles = useMemo(() => relaid(wall.tiles, wall.layout), [wall.tiles, wall.layout])
  const cameras = useTileCameras(tiles)
  const layout = layoutOf(wall.layout)
  const [selected, select] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)
  const query = useScreen((screen) => screen.camerasQuery)
  const [opened, setOpened] = useState(false)
  const searching = opened || query !== null
  const setSearching = (on: boolean) => {
    setOpened(on)
    if (!on) desk.screen.set({ camerasQuery: null })
  }
  const { shown: alarm } = useFirstInLine()
  useWallKeys({ layout, count: tiles.length, selected, large, select, setLarge })

  const mine = !saved || saved.account_id === desk.me.id || desk.me.role === 'supervisor'
  const change = (part: Partial<WallDraft>) => setDraft({ ...wall, tiles, ...part })
  const assign = (camera: string, place = nextPlace(tiles, selected)) => {
    change({ tiles: put(tiles, place, camera) })
    select(place)
  }
  const fill = (ids: string[]) => change({ tiles: relaid(ids.slice(0, tiles.length), wall.layout) })
  const drop = (place: number, dragged: string) => {
    if (dragged.startsWith('camera:')) return assign(dragged.slice(7), place)
    const moved = /^tile:(\d+)$/.exec(dragged) ? tiles[Number(dragged.slice(5))] : null
    if (moved) assign(moved, place)
  }
  const keep = async () => {
    const id = saved && mine ? saved.id : newId()
    const name = wall.name.trim() || t('wall.unnamed')
    const done = await save(id, { name, layout: wall.layout, tiles, shared: wall.shared })
    if (!done) return
    setDraft(null)
    desk.screen.set({ wallId: id })
    desk.notify('done', t('wall.saved', { name }))
  }

  return (
    <div className={css.walls} data-search={searching || undefined}>
      <div className={css.bar}>
        <select
          aria-label={t('wall.choose')}
          value={saved?.id ?? ''}
          onChange={(event) => {
            setDraft(null)
            desk.screen.set({ wallId: event.target.value || null })
          }}
        >
          <option value="">{t('wall.new')}</option>
          {walls.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
              {each.shared ? ` · ${t('wall.shared')}` : ''}
            </option>
          ))}
        </select>
        <div className={css.layouts} role="group" aria-label={t('wall.layout')}>
          {LAYOUTS.map((each) => (
            <button key={each.id} type="button" aria-pressed={wall.layout === each.id} aria-label={`${t('wall.layout')}: ${each.id}`} title={`${t('wall.layout')}: ${each.id}`} onClick={() => change({ layout: each.id, tiles: relaid(tiles, each.id) })}>
              <span className={css.glyph} style={{ gridTemplateColumns: `repeat(${each.columns}, 1fr)` }}>
                {each.cells.map(([column, row, wide, high], i) => (
                  <i key={i} style={{ gridColumn: `${column} / span ${wide}`, gridRow: `${row} / span ${high}` }} />
                ))}
              </span>
            </button>
          ))}
        </div>
        <button type="button" aria-pressed={searching} onClick={() => setSearching(!searching)}>
          <Icon name="search" size={16} /> {t('wall.find')}
        </button>
        {selected !== null && tiles[selected] && (
          <button type="button" onClick={() => change({ tiles: tiles.map((each, i) => (i === selected ? null : each)) })}>
            <Icon name="minus" size={16} /> {t('wall.take_off')}
          </button>
        )}
        <span className={css.spring} />
        {alarm && (
          <button type="button" data-alarm onClick={() => desk.screen.set({ wallOf: alarm.id })}>
            <Icon name="alarm" size={16} /> {inWords(alarm.site.name)}
          </button>
        )}
        {draft && (
          <>
            <input value={wall.name} maxLength={60} placeholder={t('wall.name')} aria-label={t('wall.name')} onChange={(event) => change({ name: event.target.value })} />
            <label>
              <input type="checkbox" checked={wall.shared} onChange={(event) => change({ shared: event.target.checked })} /> {t('wall.share')}
            </label>
            <button type="button" onClick={() => void keep()}>
              <Icon name="check" size={16} /> {saved && !mine ? t('wall.save_copy') : t('wall.save')}
            </button>
          </>
        )}
        {!draft && saved && (
          <>
            <button type="button" onClick={() => openSecond(saved.id)}>
              <Icon name="tablet" size={16} /> {t('wall.second')}
            </button>
            {mine && (
              <>
                <button type="button" onClick={() => change({})}>{t('wall.edit')}</button>
                <button type="button" onClick={() => void remove(saved.id)}>{t('wall.delete')}</button>
              </>
            )}
          </>
        )}
      </div>
      <div className={css.board}>
        <Grid cameras={cameras} layout={layout} large={large} selected={selected} onSelect={select} onLarge={setLarge} onDrop={drop} onEmpty={() => setSearching(true)} />
      </div>
      {searching && <SearchSide key={query} first={query ?? ''} there={new Set(tiles.filter((each): each is string => each !== null))} onPick={(id) => assign(id)} onFill={fill} />}
    </div>
  )
}
