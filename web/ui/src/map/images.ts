import type { Map as LibreMap } from 'maplibre-gl'
import { PRIORITIES, UNIT_STATUSES } from '../domain/types'
import { pathImage, placeImage, shapeImage } from '../icons/canvas'
import { cameraShapes, type PlaceGlyph, placeGlyphs, priorityShapes, unitShapes } from '../icons/shapes'
import { type ThemeName, themes } from '../theme/tokens'

/**
 * Gives the map every sign of the icon set: `unit-<status>`, `priority-<priority>`,
 * `place-<kind>`, `place-<kind>-unavailable`, `camera-<state>`, `heading`, `arrow` (which way a car drove), `ring`. Call again after a theme change.
 */
export function addImages(map: LibreMap, theme: ThemeName): void {
  const t = themes[theme]
  const ratio = Math.max(2, Math.ceil(window.devicePixelRatio || 1))
  const put = (name: string, image: ImageData) => {
    if (map.hasImage(name)) map.updateImage(name, image)
    else map.addImage(name, image, { pixelRatio: ratio })
  }
  for (const status of UNIT_STATUSES) {
    const faint = status === 'unavailable' || status === 'off_shift'
    put(`unit-${status}`, shapeImage(unitShapes[status], faint ? t.dim : t.unit, t.halo, t.halo, 30, ratio))
  }
  for (const priority of PRIORITIES) {
    const on = { emergency: t.onEmergency, urgent: t.onUrgent, routine: t.onRoutine, information: t.onInformation }
    put(`priority-${priority}`, shapeImage(priorityShapes[priority], t[priority], t.halo, on[priority], 36, ratio))
  }
  for (const kind of Object.keys(placeGlyphs) as PlaceGlyph[]) {
    put(`place-${kind}`, placeImage(kind, t.dim, t.surface, false, 22, ratio))
    put(`place-${kind}-unavailable`, placeImage(kind, t.urgent, t.surface, true, 24, ratio))
  }
  for (const [state, shape] of Object.entries(cameraShapes)) put(`camera-${state}`, shapeImage(shape, t.dim, t.halo, t.halo, 20, ratio))
  put('heading', pathImage('M12 -3L16.5 3H7.5Z', { fill: t.unit, halo: t.halo, width: 2 }, 44, ratio))
  put('arrow', pathImage('M12 -4L17.2 6L12 3.4L6.8 6Z', { fill: t.unit, halo: t.halo, width: 2 }, 54, ratio))
  put('ring', pathImage('M12 -2A14 14 0 1 1 12 26A14 14 0 1 1 12 -2Z', { stroke: t.focus, width: 1.6, halo: t.halo }, 50, ratio))
}
