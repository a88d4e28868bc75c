import { Icon, Problem, problemText } from '@jedel/ui'
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesk } from '../../desk/context'
import { oneAtATime } from './inOrder'
import { type Preset, Presets } from './Presets'
import { HELD_MS, leaveDigits, takeDigits } from './taken'
import css from './wall.module.css'

interface Lock {
  name: string
  mine: boolean
  taken_from: string | null
  until: string
}

const MOVES = [
  { key: 'KeyI', x: 0, y: 1, zoom: 0, sign: '▲' },
  { key: 'KeyJ', x: -1, y: 0, zoom: 0, sign: '◀' },
  { key: 'KeyL', x: 1, y: 0, zoom: 0, sign: '▶' },
  { key: 'KeyK', x: 0, y: -1, zoom: 0, sign: '▼' },
  { key: 'Equal', x: 0, y: 0, zoom: 1, sign: '+' },
  { key: 'Minus', x: 0, y: 0, zoom: -1, sign: '−' },
] as const
const SPEED = 0.6
/** A command holds the camera's lock only so long; while a key is held it is said again. */
const AGAIN_MS = 700

/** Turns a camera while a button or key is held. Who turns it, or took it over, is said aloud. While it is held,
 *  1–9 go to its saved places; Esc gives the digits back to the tiles. */
export function PtzPad({ cameraId, keys }: { cameraId: string; keys: boolean }) {
  const { t } = useTranslation()
  const { client } = useDesk()
  const [refused, setRefused] = useState('')
  const [taken, setTaken] = useState('')
  const timer = useRef<ReturnType<typeof setInterval> | null>(null)
  const { held, take, leave, freed } = useDigits(keys)

  const say = useInOrder(
    freed,
    useCallback(async (body: object, freedBefore: number) => {
      try {
        const lock = await client.post<Lock>(`/api/cameras/${cameraId}/ptz`, body)
        if (lock.taken_from) setTaken(lock.taken_from)
        setRefused('')
        // an answer that comes after Esc does not take the digits again
        if (freed.current === freedBefore) take()
      } catch (error) {
        leave()
        setRefused(error instanceof Problem ? problemText(error, t) : t('ptz.no_answer'))
      }
    }, [cameraId, client, t, take, leave, freed]),
  )
  const go = useCallback((preset: Preset) => say({ do: 'preset', preset: preset.token }), [say])
  const stop = useCallback(() => {
    if (!timer.current) return
    clearInterval(timer.current)
    timer.current = null
    say({ do: 'stop' })
  }, [say])
  const start = useCallback(
    (move: (typeof MOVES)[number]) => {
      if (timer.current) return
      const body = { do: 'move', x: move.x * SPEED, y: move.y * SPEED, zoom: move.zoom * SPEED }
      timer.current = setInterval(() => say(body), AGAIN_MS)
      say(body)
    },
    [say],
  )

  useEffect(() => stop, [stop])
  useEffect(() => {
    if (!keys) return
    const down = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, select')) return
      if (event.ctrlKey || event.altKey || event.metaKey) return
      const move = MOVES.find((each) => each.key === event.code)
      if (!move) return
      event.preventDefault()
      event.stopPropagation()
      if (!event.repeat) start(move)
    }
    const up = (event: KeyboardEvent) => {
      if (MOVES.some((each) => each.key === event.code)) stop()
    }
    window.addEventListener('keydown', down, { capture: true })
    window.addEventListener('keyup', up, { capture: true })
    window.addEventListener('blur', stop)
    return () => {
      window.removeEventListener('keydown', down, { capture: true })
      window.removeEventListener('keyup', up, { capture: true })
      window.removeEventListener('blur', stop)
    }
  }, [keys, start, stop])

  return (
    <div className={css.ptz} role="group" aria-label={t('ptz.label')} onClick={(event) => event.stopPropagation()} onDoubleClick={(event) => event.stopPropagation()}>
      <div className={css.pad}>
        {MOVES.map((move) => (
          <button key={move.key} type="button" data-move={move.key} aria-label={t(`ptz.${move.key}`)} title={`${t(`ptz.${move.key}`)} (${move.key.replace('Key', '').replace('Equal', '+').replace('Minus', '−')})`} onPointerDown={() => start(move)} onPointerUp={stop} onPointerLeave={stop}>
            {move.sign}
          </button>
        ))}
        <button type="button" data-move="home" aria-label={t('ptz.home')} title={t('ptz.home')} onClick={() => say({ do: 'preset', preset: '' })}>
          <Icon name="dispatch" size={14} />
        </button>
      </div>
      <Presets cameraId={cameraId} taken={held} onGo={go} onRefused={setRefused} />
      {(refused || taken) && <p role="status">{refused || t('ptz.taken', { name: taken })}</p>}
    </div>
  )
}

/** A camera hears one command of this pad at a time, in the order in which they were given; with each goes how often the
 *  digits had been given back when it was given. */
function useInOrder(freed: RefObject<number>, send: (body: object, freedBefore: number) => Promise<void>): (body: object) => void {
  const now = useRef(send)
  useEffect(() => {
    now.current = send
  })
  const [queue] = useState(() => oneAtATime((wish: { body: object; freedBefore: number }) => now.current(wish.body, wish.freedBefore)))
  return useCallback((body) => queue({ body, freedBefore: freed.current }), [queue, freed])
}

/** Digits belong to this camera as long as its lock is ours; of several tiles only the chosen one's has them. */
function useDigits(may: boolean) {
  const [held, setHeld] = useState(false)
  const me = useRef({})
  const freed = useRef(0)
  const end = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const leave = useCallback(() => {
    clearTimeout(end.current)
    leaveDigits(me.current)
    setHeld(false)
  }, [])
  const take = useCallback(() => {
    if (!may) return
    clearTimeout(end.current)
    end.current = setTimeout(leave, HELD_MS)
    takeDigits(me.current)
    setHeld(true)
  }, [may, leave])
  useEffect(() => leave, [leave, may])
  useEffect(() => {
    if (!held) return
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || (event.target instanceof HTMLElement && event.target.closest('input'))) return
      event.preventDefault()
      freed.current += 1
      leave()
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [held, leave])
  return { held, take, leave, freed }
}
