import { Map as LibreMap, type MapOptions } from 'maplibre-gl'
import { Turns } from './turns'

const HANDS = ['pointerdown', 'pointermove', 'wheel', 'keydown'] as const

/** A map that is drawn when it is its turn, from its first picture on. */
export class CalmMap extends LibreMap {
  private turns: Turns | null = null

  constructor(options: MapOptions) {
    super(options)
    this.once('load', () => this.begin())
  }

  override triggerRepaint(): void {
    if (this.turns) this.turns.ask()
    else super.triggerRepaint()
  }

  private begin(): void {
    const turns = (this.turns = new Turns(
      () => super.triggerRepaint(),
      () => this.isMoving(),
    ))
    const hand = (event: Event) => {
      if (event.type !== 'pointermove' || (event as PointerEvent).buttons > 0) turns.hand()
    }
    const box = this.getCanvasContainer()
    for (const kind of HANDS) box.addEventListener(kind, hand, { capture: true, passive: true })
    this.once('remove', () => turns.stop())
  }
}
