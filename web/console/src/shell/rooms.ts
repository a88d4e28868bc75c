import type { Glyph } from '@jedel/ui'
import type { Room } from '../desk/desk'

/** The rooms of the rail in the order of their keys: Alt+1, Alt+2 and so on. */
export const ROOMS: { room: Room; glyph: Glyph }[] = [
  { room: 'dispatch', glyph: 'dispatch' },
  { room: 'devices', glyph: 'alarm' },
  { room: 'history', glyph: 'history' },
  { room: 'lookups', glyph: 'search' },
  { room: 'reports', glyph: 'tablet' },
  { room: 'plates', glyph: 'plate' },
  { room: 'cameras', glyph: 'camera' },
]
