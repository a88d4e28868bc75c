import { describe, expect, it } from 'vitest'
import { atOnce, type Looking, TILES, TILES_MAX, toggled } from '../src/cameras/place/looking'

const camera = (id: string, more: Partial<Looking['camera']> = {}, sees: Looking['sees'] = 'well'): Looking => ({
  camera: { id, name: id, zone: 'street', floor: null, ptz: false, number: 1, kind: 'fixed', site_id: null, lon: 0, lat: 0, heading: null, fov: null, state: 'up', ...more },
  sees,
  metres: 10,
})

describe('what comes up by itself', () => {
  it('is what sees the place and works, the best first, and no more than so many', () => {
    const found = [camera('down', { state: 'down' }), camera('a'), camera('inside', { zone: 'corridor' }), camera('turns', {}, 'turns'), camera('far', {}, 'far')]
    expect(atOnce(found)).toEqual(['a', 'turns'])
    expect(atOnce(Array.from({ length: 20 }, (_, nth) => camera(`${nth}`)))).toHaveLength(TILES)
  })
  it('is what there is where nothing is good', () => {
    expect(atOnce([camera('inside', { zone: 'stairs' }), camera('down', { state: 'down' }), camera('far', {}, 'far')])).toEqual(['inside', 'far'])
    expect(atOnce([])).toEqual([])
  })
})

describe('a camera of the list', () => {
  it('goes on the wall and off it', () => {
    expect(toggled(['a', 'b'], 'c')).toEqual(['a', 'b', 'c'])
    expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
  })
  it('takes the place of the first where the wall is full', () => {
    const full = Array.from({ length: TILES_MAX }, (_, nth) => `${nth}`)
    expect(toggled(full, 'new')).toEqual([...full.slice(1), 'new'])
  })
})
