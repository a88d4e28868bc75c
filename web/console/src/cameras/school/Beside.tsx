import { Icon, minutes, UnitIcon, useNow } from '@jedel/ui'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { useRecommendation } from '../../desk/queries'
import type { Opening, OpeningCamera } from '../types'
import walls from '../wall/wall.module.css'
import { FloorView } from './FloorView'
import css from './school.module.css'
import { useFolder, useIncidentOf } from './useSchool'

/** Plan, whom to ring, who is on the way. What nobody knows is said so. */
export function Beside({ opening, shown, selected, onPick }: { opening: Opening; shown: OpeningCamera[]; selected: number | null; onPick: (place: number) => void }) {
  return (
    <aside className={css.beside}>
      <Plan opening={opening} shown={shown} selected={selected} onPick={onPick} />
      <Contacts opening={opening} />
      <OnTheWay opening={opening} />
    </aside>
  )
}

function Plan({ opening, shown, selected, onPick }: { opening: Opening; shown: OpeningCamera[]; selected: number | null; onPick: (place: number) => void }) {
  const { t } = useTranslation()
  const folder = useFolder(opening.site_id)
  const floors = useMemo(() => {
    const known = new Set<number>()
    for (const camera of opening.cameras) if (camera.plan && camera.floor !== null) known.add(camera.floor)
    for (const floor of folder.data?.floors ?? []) known.add(floor.floor)
    if (opening.button) known.add(opening.button.floor)
    return [...known].sort((a, b) => a - b)
  }, [folder.data, opening])
  const first = (selected !== null ? shown[selected]?.floor : null) ?? opening.button?.floor ?? shown[0]?.floor ?? floors[0] ?? 0
  const [chosen, setChosen] = useState<{ floor: number; by: number | null } | null>(null)
  const floor = chosen && chosen.by === selected ? chosen.floor : first
  return (
    <section className={css.part}>
      <h3>
        {t('school.plan')}
        {floors.map((each) => (
          <button key={each} type="button" aria-pressed={each === floor} onClick={() => setChosen({ floor: each, by: selected })}>
            {each}
          </button>
        ))}
      </h3>
      {floors.length === 0 ? (
        <p className={walls.hint}>{t('school.no_plan')}</p>
      ) : (
        <FloorView floor={floor} drawing={folder.data?.floors.find((each) => each.floor === floor)} opening={opening} shown={shown} selected={selected} onPick={onPick} />
      )}
    </section>
  )
}

function Contacts({ opening }: { opening: Opening }) {
  const { t } = useTranslation()
  return (
    <section className={css.part}>
      <h3>{t('school.contacts')}</h3>
      {opening.contacts.length === 0 && <p className={walls.hint}>{t('school.no_contacts')}</p>}
      {opening.contacts.map((each) => (
        <p key={each.phone + each.name} className={css.contact}>
          <Icon name="phone" size={15} />
          <strong>{each.phone}</strong>
          <span>{[each.name, each.post].filter(Boolean).join(', ') || t('card.site_phone')}</span>
        </p>
      ))}
    </section>
  )
}

/** The patrols that are sent, with the minutes that are left; before that, who could be there first. */
function OnTheWay({ opening }: { opening: Opening }) {
  const { t } = useTranslation()
  const desk = useDesk()
  const now = useNow()
  const incident = useIncidentOf(opening)
  const sent = incident?.assignments.filter((each) => each.status !== 'released') ?? []
  const offers = useRecommendation(incident && sent.length === 0 ? incident.id : null)
  return (
    <section className={css.part}>
      <h3>{sent.length > 0 ? t('school.on_the_way') : t('school.nobody_sent')}</h3>
      {sent.map((each) => {
        const left = each.eta_s === null ? null : each.eta_s - (now - Date.parse(each.en_route_at ?? each.assigned_at)) / 1000
        return (
          <p key={each.unit_id} className={css.unit}>
            <UnitIcon status={each.status === 'released' ? 'available' : each.status} size={20} />
            <strong>{each.call_sign}</strong>
            <span>{t(`status.${each.status}`)}</span>
            {each.status !== 'on_scene' && left !== null && <strong className={css.left}>{left >= 0 ? minutes(left) : t('card.should_be_there', { time: minutes(-left) })}</strong>}
          </p>
        )
      })}
      {sent.length === 0 &&
        (offers.data?.units ?? []).slice(0, 3).map((each) => (
          <p key={each.unit_id} className={css.unit}>
            <UnitIcon status={each.status} size={20} />
            <strong>{each.call_sign}</strong>
            <span>{t(`status.${each.status}`)}</span>
            <strong className={css.left}>{minutes(each.eta_s)}</strong>
          </p>
        ))}
      {incident && (
        <button type="button" className={css.toCard} onClick={() => desk.open(incident.id)}>
          {t('school.to_card', { number: incident.number })}
        </button>
      )}
    </section>
  )
}
