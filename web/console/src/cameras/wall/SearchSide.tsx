import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../shell/Skeleton'
import { useCameraSearch } from './useWalls'
import css from './wall.module.css'

/** Finds cameras by name, site or place; a click puts one on the wall, a drag on the tile it is dropped on. */
export function SearchSide({ first = '', there, thereWord = 'wall.there', onPick, onFill }: { first?: string; there: ReadonlySet<string>; thereWord?: 'wall.there' | 'wall.in_archive'; onPick: (id: string) => void; onFill?: (ids: string[]) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(first)
  const [typed] = useDebouncedValue(text, 150)
  const found = useCameraSearch(typed)
  const cameras = found.data ?? []
  return (
    <aside className={css.side}>
      <input type="search" autoFocus value={text} placeholder={t('wall.search')} aria-label={t('wall.search')} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => { if (event.key === 'Enter' && cameras[0]) onPick(cameras[0].id) }} />
      {found.isPending && <Skeleton rows={6} />}
      {found.isError && <p className={css.hint}>{t('wall.search_failed')}</p>}
      {found.isSuccess && cameras.length === 0 && <p className={css.hint}>{t('wall.nothing_found')}</p>}
      {onFill && cameras.length > 0 && typed.trim() !== '' && (
        <button type="button" className={css.fill} onClick={() => onFill(cameras.map((each) => each.id))}>
          {t('wall.fill')}
        </button>
      )}
      <ul className={css.found}>
        {cameras.map((camera) => (
          <li key={camera.id}>
            <button type="button" draggable data-there={there.has(camera.id) || undefined} onDragStart={(event) => event.dataTransfer.setData('text/plain', `camera:${camera.id}`)} onClick={() => onPick(camera.id)}>
              <span>{camera.name}</span>
              <span className={css.dim}>
                {[camera.zone && t(`camzone.${camera.zone}`), there.has(camera.id) && t(thereWord), camera.state === 'down' && t('wall.down')].filter(Boolean).join(' · ') || `№ ${camera.number}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  )
}
