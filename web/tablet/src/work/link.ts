/**
 * Links that open a tablet: `#code=…` enrols it, as a QR code on a supervisor's screen does. The demonstration's
 * links may also bring a ready key pair (`#device=<id>&pair=<PKCS #8>&region=…&unit=…`) and a place from which
 * this tablet drives by itself (`&drive=lon,lat`). The part after `#` is never sent to a server.
 */
export interface Link {
  code?: string
  played?: { device_id: string; pkcs8: string; region: string; unit_id: string }
  drive?: { lon: number; lat: number }
}

export function readLink(hash: string): Link | null {
  const said = new URLSearchParams(hash.replace(/^#/, ''))
  const link: Link = {}
  const code = said.get('code')
  if (code) link.code = code
  const [device_id, pkcs8, unit_id] = [said.get('device'), said.get('pair'), said.get('unit')]
  if (device_id && pkcs8 && unit_id) link.played = { device_id, pkcs8, region: said.get('region') ?? '', unit_id }
  const [lon, lat] = (said.get('drive') ?? '').split(',').map(Number)
  if (lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat))
    link.drive = { lon, lat }
  return link.code || link.played ? link : null
}
