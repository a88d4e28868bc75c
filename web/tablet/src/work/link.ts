/**
 * Links that open a tablet: `#code=…` enrols it, as a QR code on a supervisor's screen does. The demonstration's
 * links may also bring a ready key (`#device=<id>.<key>&region=…&unit=…`) and a place from which this tablet
 * drives by itself (`&drive=lon,lat`). The part after `#` is never sent to a server.
 */
import type { Device } from '../offline/store'

export interface Link {
  code?: string
  device?: Device
  drive?: { lon: number; lat: number }
}

export function readLink(hash: string): Link | null {
  const said = new URLSearchParams(hash.replace(/^#/, ''))
  const link: Link = {}
  const code = said.get('code')
  if (code) link.code = code
  const [device_id, key] = (said.get('device') ?? '').split('.')
  const unit_id = said.get('unit')
  if (device_id && key && unit_id) link.device = { device_id, key, region: said.get('region') ?? '', unit_id }
  const [lon, lat] = (said.get('drive') ?? '').split(',').map(Number)
  if (lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat))
    link.drive = { lon, lat }
  return link.code || link.device ? link : null
}
