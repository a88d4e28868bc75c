/** Reads on the map: pure. */
import type { PlateRead } from '@jedel/ui'
import type { Drawing, Line, LonLat, Spot } from '../PlatesMap'

const NAMED = 30

/** Each camera once, with how many reads it gave; the way of one plate is a line through its cameras in time. */
export function drawReads(reads: readonly PlateRead[], chosen: PlateRead | null, key: string): Drawing {
  const byCamera = new Map<number, PlateRead[]>()
  for (const read of reads) byCamera.set(read.camera.number, [...(byCamera.get(read.camera.number) ?? []), read])
  const spots: Spot[] = [...byCamera.values()].map((here): Spot => {
    const { camera, id } = here[0]!
    const label = byCamera.size <= NAMED ? { label: here.length > 1 ? `${camera.name} · ${here.length}` : camera.name } : {}
    return { at: [camera.lon, camera.lat], icon: 'place-camera', id, ...label }
  })
  const lines: Line[] = []
  const plates = new Set(reads.map((read) => read.plate))
  if (plates.size === 1) {
    const way = [...reads].sort((a, b) => a.at.localeCompare(b.at)).map((read): LonLat => [read.camera.lon, read.camera.lat])
    const points = way.filter((point, i) => i === 0 || point.join() !== way[i - 1]!.join())
    if (points.length > 1) lines.push({ points, kind: 'passed' })
  }
  if (chosen) {
    const at: LonLat = [chosen.camera.lon, chosen.camera.lat]
    spots.push({ at, icon: 'ring', size: 1 })
    if (chosen.heading !== null) spots.push({ at, icon: 'arrow', turn: chosen.heading })
  }
  return { spots, lines, areas: [], fit: { key: `${key} ${reads.length}`, points: [...byCamera.values()].map((here) => [here[0]!.camera.lon, here[0]!.camera.lat]) } }
}
