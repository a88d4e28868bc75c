/// <reference lib="webworker" />
/**
 * The service worker: the shell from its cache, so that the tablet opens without a link, and the basemap,
 * fetched whole once per map, so that streets are there too. Nothing else of /api is ever answered from a cache.
 */
import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope & typeof globalThis

const MAPS = 'jedel-map'
/** A region's basemap is tens of megabytes; what is larger stays on the centre's side. */
const MAP_BYTES_MAX = 200 * 2 ** 20

void self.skipWaiting()
clientsClaim()
cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
registerRoute(new NavigationRoute(createHandlerBoundToURL('/tablet/index.html')))

registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.endsWith('.pmtiles'),
  async ({ request, event }) => {
    const cache = await caches.open(MAPS)
    const whole = await cache.match(request.url)
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get('range') ?? '')
    if (whole && range) return part(whole, Number(range[1]), Number(range[2]))
    if (!whole) event.waitUntil(fetchWhole(request.url, cache))
    return fetch(request)
  },
)

async function part(whole: Response, first: number, last: number): Promise<Response> {
  const blob = await whole.blob()
  const end = Math.min(last + 1, blob.size)
  const headers = new Headers(whole.headers)
  headers.set('Content-Range', `bytes ${first}-${end - 1}/${blob.size}`)
  headers.set('Content-Length', String(end - first))
  return new Response(blob.slice(first, end), { status: 206, statusText: 'Partial Content', headers })
}

const fetching = new Set<string>()

/** One map at a time is kept: the one in force. */
async function fetchWhole(url: string, cache: Cache): Promise<void> {
  if (fetching.has(url)) return
  fetching.add(url)
  try {
    const response = await fetch(url)
    const size = Number(response.headers.get('Content-Length') ?? Infinity)
    if (response.status !== 200 || size > MAP_BYTES_MAX) return
    await cache.put(url, response)
    for (const kept of await cache.keys()) if (kept.url !== url) await cache.delete(kept)
  } catch {
    // The link went: the next look at the map tries again.
  } finally {
    fetching.delete(url)
  }
}
