import { Icon, inWords } from '@jedel/ui'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Opening } from '../types'
import { Grid } from '../wall/Grid'
import { fitted } from '../wall/layout'
import { useWallKeys } from '../wall/useWallKeys'
import walls from '../wall/wall.module.css'
import { Beside } from './Beside'
import { SchoolHead, openSecond } from './SchoolWall'
import css from './school.module.css'
import { useWallCameras } from './useSchool'

/** The whole screen for one alarm: its cameras, and beside them plan, people, patrols and streets. Without a way to
 *  leave it is the second screen itself. */
export function SchoolStage({ opening, onLeave }: { opening: Opening; onLeave?: () => void }) {
  const { t } = useTranslation()
  const cameras = useWallCameras(opening)
  const { ref, width, height } = useElementSize()
  const [selected, setSelected] = useState<number | null>(null)
  const [large, setLarge] = useState<number | null>(null)
  useWallKeys({ layout: fitted(cameras.length, width, height), count: cameras.length, selected, large, select: setSelected, setLarge, leave: onLeave })
  return (
    <section className={css.stage} aria-label={t('school.label', { site: inWords(opening.site.name) })} data-level={opening.level}>
      <SchoolHead opening={opening}>
        {onLeave && (
          <>
            <button type="button" onClick={() => openSecond('alarms')}>
              <Icon name="tablet" size={16} /> {t('wall.second')}
            </button>
            <button type="button" onClick={onLeave}>
              {t('school.back')} <kbd>Esc</kbd>
            </button>
          </>
        )}
      </SchoolHead>
      <div ref={ref} className={css.tiles}>
        <Grid cameras={cameras} incident={opening.incident_id} large={large} selected={selected} signs={(camera) => (cameras.find((each) => each.id === camera.id)?.sees ? <span className={walls.sees}>{t('school.sees')}</span> : null)} onSelect={setSelected} onLarge={setLarge} />
      </div>
      <Beside opening={opening} shown={cameras} onPick={setSelected} selected={selected} />
    </section>
  )
}
