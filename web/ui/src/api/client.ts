import { currentLanguage } from '../i18n'

/** What the server refused and why, in the user's language (RFC 9457 problem+json). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** What the text is about. */
    readonly params: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
    this.name = 'Problem'
  }
}

/** The server could not be reached or gave no answer in time: nothing is known about the command. */
export class NoLink extends Error {
  constructor() {
    super('no link')
    this.name = 'NoLink'
  }
}

export interface ClientOptions {
  /** `Authorization` for devices; the console's session is a cookie. It may throw `NoLink` and `Problem`. */
  bearer?: () => Promise<string | null>
  /** The device at which a signed-in person sits, beside the session; as `bearer`. */
  device?: () => Promise<string | null>
  /** Called when the bearer was refused: whether another one may help, which is then tried once. */
  forget?: () => boolean
  /** Called on 401, so that the app can show its sign-in page. */
  onUnauthenticated?: () => void
  timeoutMs?: number
}

/** A file is sent, and worked through, before the answer comes. */
const FILE_TIMEOUT_MS = 300_000

export type Client = ReturnType<typeof makeClient>

/** JSON over HTTP. Every failure is a `Problem` or `NoLink`; nothing else is thrown. */
export function makeClient(options: ClientOptions = {}) {
  async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const text = new TextDecoder().decode(await bytes(method, path, 'application/json', body, signal))
    return (text ? JSON.parse(text) : undefined) as T
  }
  async function bytes(method: string, path: string, accept: string, body?: unknown, signal?: AbortSignal): Promise<ArrayBuffer> {
    try {
      return await once(method, path, accept, body, signal)
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthenticated' && options.forget?.())
        return once(method, path, accept, body, signal)
      throw error
    }
  }
  async function once(method: string, path: string, accept: string, body?: unknown, signal?: AbortSignal): Promise<ArrayBuffer> {
    const headers: Record<string, string> = {
      Accept: accept,
      'Accept-Language': currentLanguage(),
    }
    const file = body instanceof Blob
    if (body !== undefined) headers['Content-Type'] = file ? body.type : 'application/json'
    const bearer = await options.bearer?.()
    if (bearer) headers['Authorization'] = `Bearer ${bearer}`
    const device = await options.device?.()
    if (device) headers['Jedel-Device'] = device
    const timeout = AbortSignal.timeout(file ? FILE_TIMEOUT_MS : (options.timeoutMs ?? 10_000))
    let response: Response
    let content: ArrayBuffer
    try {
      response = await fetch(path, {
        method,
        headers,
        body: body === undefined || file ? body : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        credentials: 'same-origin',
      })
      content = await response.arrayBuffer()
    } catch {
      throw new NoLink()
    }
    if (response.ok) return content
    if (response.status === 401) options.onUnauthenticated?.()
    throw toProblem(response.status, new TextDecoder().decode(content))
  }
  return {
    get: <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, undefined, signal),
    post: <T = unknown>(path: string, body: unknown) => call<T>('POST', path, body),
    put: <T = unknown>(path: string, body: unknown) => call<T>('PUT', path, body),
    patch: <T = unknown>(path: string, body: unknown) => call<T>('PATCH', path, body),
    delete: <T = unknown>(path: string) => call<T>('DELETE', path),
    /** A picture, for those whom an `img` would not let in: it sends no `Authorization`. */
    picture: async (path: string, signal?: AbortSignal): Promise<Blob> =>
      new Blob([await bytes('GET', path, 'image/jpeg, application/problem+json', undefined, signal)], { type: 'image/jpeg' }),
  }
}

/** What an answer that is no success says. */
export function toProblem(status: number, text: string): Problem {
  try {
    const body = JSON.parse(text) as { code?: string; type?: string; title?: string; detail?: string; params?: Record<string, string> }
    return new Problem(status, body.code ?? body.type ?? `http_${status}`, body.detail ?? body.title ?? '', body.params)
  } catch {
    return new Problem(status, `http_${status}`, '')
  }
}
