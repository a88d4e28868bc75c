import { newId, problemText } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './admin.module.css'
import { boxOf, fresh, MASKS_MAX, pressed } from './masks'
import type { Corner, Desk, Masks, RegistryCamera } from './types'

const path = (corners: Corner[]) => corners.map(([x, y]) => `${x * 160},${y * 90}`).join(' ')
const percent = (share: number) => Math.round(share * 100)

/** Masks drawn over a still picture: corners by click, or whole by keyboard; what is taken away waits for a second
 *  person. */
export function MasksEditor({ camera, desk, writes }: { camera: RegistryCamera; desk: Desk; writes: boolean }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [drawn, setDrawn] = useState<Corner[][] | null>(null)
  const [open, setOpen] = useState<Corner[]>([])
  const [purpose, setPurpose] = useState('')
  const [fault, setFault] = useState<unknown>(null)
  const [said, setSaid] = useState('')
  const [toFocus, setToFocus] = useState<number | null>(null)
  const shapes = useRef<SVGSVGElement>(null)
  const add = useRef<HTMLButtonElement>(null)
  const how = useId()
  const now = useQuery({ queryKey: ['registry', 'masks', camera.id], queryFn: ({ signal }) => desk.client.get<Masks>(`/api/cameras/${camera.id}/masks`, signal) }).data
  const picture = usePicture(desk, camera.id)
  const masks = drawn ?? now?.masks ?? []
  const kept = (now?.masks ?? []).every((each) => masks.some((mask) => JSON.stringify(mask) === JSON.stringify(each)))
  const click = (event: PointerEvent<SVGSVGElement>) => {
    if (!writes || !now) return // what is there already is not known yet
    const box = event.currentTarget.getBoundingClientRect()
    const share = (at: number, from: number, size: number) => Math.round(Math.min(1, Math.max(0, (at - from) / size)) * 1000) / 1000
    setOpen([...open, [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)]])
  }
  const close = () => {
    setDrawn([...masks, open])
    setOpen([])
  }
  const label = (corners: Corner[], nth: number, count: number) => {
    const box = boxOf(corners)
    return t('camreg.mask_label', { nth: nth + 1, count, left: percent(box.left), top: percent(box.top), width: percent(box.width), height: percent(box.height) })
  }
  const put = () => {
    const next = [...masks, fresh(masks)]
    setDrawn(next)
    setToFocus(next.length - 1)
  }
  const press = (event: KeyboardEvent, nth: number) => {
    if (!writes || event.ctrlKey || event.altKey || event.metaKey) return
    const next = pressed(masks[nth] ?? [], event.key, event.shiftKey)
    if (next === undefined) return
    event.preventDefault()
    event.stopPropagation()
    setDrawn(masks.flatMap((each, i) => (i !== nth ? [each] : next ? [next] : [])))
    setSaid(next ? label(next, nth, masks.length) : t('camreg.mask_deleted', { count: masks.length - 1 }))
    if (!next) setToFocus(Math.min(nth, masks.length - 2))
  }
  // The added mask has the focus, and after a deletion its neighbour, so that the next key is not lost.
  useEffect(() => {
    if (toFocus === null) return
    const shape = shapes.current?.querySelectorAll('polygon')[toFocus]
    ;(shape ?? add.current)?.focus()
    setToFocus(null)
  }, [toFocus])
  const save = async () => {
    try {
      const found = await desk.client.put<Masks>(`/api/cameras/${camera.id}/masks`, { id: newId(), masks, purpose: purpose.trim() || '-' })
      setFault(null)
      setDrawn(null)
      desk.say(found.waiting ? t('camreg.mask_waits') : t('camreg.saved', { name: camera.name }))
      await queries.invalidateQueries({ queryKey: ['registry'] })
    } catch (error) {
      setFault(error)
    }
  }
  return (
    <section className={css.masks} aria-label={t('camreg.masks')}>
      <h3>{t('camreg.masks')}</h3>
      {now?.waiting && <p className={css.dim}>{t('camreg.mask_waits')}</p>}
      <div className={css.picture}>
        {picture.url ? <img src={picture.url} alt={camera.name} /> : <p className={css.without}>{picture.refused ?? t('camreg.no_picture')}</p>}
        <svg ref={shapes} viewBox="0 0 160 90" preserveAspectRatio="none" role="group" aria-label={t('camreg.masks')} onPointerDown={click}>
          {masks.map((corners, nth) => (
            <polygon
              key={nth}
              points={path(corners)}
              className={css.mask}
              role={writes ? 'application' : 'img'}
              tabIndex={writes ? 0 : undefined}
              aria-roledescription={t('camreg.mask')}
              aria-label={label(corners, nth, masks.length)}
              aria-describedby={writes ? how : undefined}
              onKeyDown={(event) => press(event, nth)}
            />
          ))}
          {open.length > 0 && <polyline points={path(open)} className={css.drawing} />}
          {open.map(([x, y], nth) => (
            <circle key={nth} cx={x * 160} cy={y * 90} r={1.2} className={css.corner} />
          ))}
        </svg>
      </div>
      {writes && (
        <>
          <p className={css.dim}>{t('camreg.mask_how')}</p>
          <p id={how} className={css.dim}>
            {t('camreg.mask_keys')}
          </p>
          <p className="j-visually-hidden" role="status">
            {said}
          </p>
          <div className={css.actions}>
            <button ref={add} type="button" disabled={!now || open.length > 0 || masks.length >= MASKS_MAX} onClick={put}>
              {t('camreg.mask_add')}
            </button>
            <button type="button" disabled={open.length < 3} onClick={close}>
              {t('camreg.mask_close')}
            </button>
            <button type="button" disabled={open.length === 0 && masks.length === 0} onClick={() => (open.length ? setOpen([]) : setDrawn(masks.slice(0, -1)))}>
              {t('camreg.mask_remove')}
            </button>
            <button type="button" className={css.primary} disabled={drawn === null || open.length > 0 || (!kept && !purpose.trim())} onClick={() => void save()}>
              {kept ? t('camreg.save') : t('camreg.mask_ask')}
            </button>
          </div>
          {!kept && <input value={purpose} maxLength={200} placeholder={t('camreg.purpose')} aria-label={t('camreg.purpose')} onChange={(event) => setPurpose(event.target.value)} />}
        </>
      )}
      {fault !== null && (
        <p className={css.fault} role="alert">
          {problemText(fault, t)}
        </p>
      )}
    </section>
  )
}

function usePicture(desk: Desk, id: string): { url: string | null; refused: string | null } {
  const { t } = useTranslation()
  const [found, setFound] = useState<{ url: string | null; refused: string | null }>({ url: null, refused: null })
  const { client } = desk
  useEffect(() => {
    const stop = new AbortController()
    let url: string | null = null
    client
      .picture(`/api/cameras/${id}/still.jpg?purpose=masks`, stop.signal)
      .then((blob) => {
        url = URL.createObjectURL(blob)
        setFound({ url, refused: null })
      })
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setFound({ url: null, refused: problemText(error, t) })
      })
    return () => {
      stop.abort()
      if (url) URL.revokeObjectURL(url)
    }
  }, [client, id, t])
  return found
}
