import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LinkBanner } from '../../shell/LinkBanner'
import { SchoolStage } from '../school/SchoolStage'
import { useFirstInLine } from '../school/useSchool'
import { Grid } from './Grid'
import { layoutOf } from './layout'
import { relaid } from './tiles'
import { useTileCameras, useWalls } from './useWalls'
import { useWallKeys } from './useWallKeys'
import css from './wall.module.css'

/** A window of its own, moved to another screen: a saved wall, or the alarm that is first in line. */
export function SecondScreen({ wall }: { wall: string }) {
  return (
    <>
      <LinkBanner />
      {wall === 'alarms' ? <AlarmScreen /> : <SavedScreen wall={wall} />}
    </>
  )
}

function AlarmScreen() {
  const { t } = useTranslation()
  const { shown } = useFirstInLine()
  if (shown) return <SchoolStage key={shown.id} opening={shown} />
  return (
    <div className={css.second} data-quiet>
      <p className={css.hint}>{t('school.quiet')}</p>
    </div>
  )
}

function SavedScreen({ wall }: { wall: string }) {
  const { t } = useTranslation()
  const saved = useWalls().find((each) => each.id === wall)
  const tiles = saved ? relaid(saved.tiles, saved.layout) : []
  const cameras = useTileCameras(tiles)
  const [selected, select] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)
  const layout = layoutOf(saved?.layout ?? '4')
  useWallKeys({ layout, count: tiles.length, selected, large, select, setLarge })
  return (
    <div className={css.second}>
      {saved ? <Grid cameras={cameras} layout={layout} large={large} selected={selected} onSelect={select} onLarge={setLarge} /> : <p className={css.hint}>{t('wall.gone')}</p>}
    </div>
  )
}
