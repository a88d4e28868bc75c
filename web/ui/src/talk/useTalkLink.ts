import { useEffect, useRef, useState } from 'react'

import { TalkLink, type TalkOptions } from './link'

export interface Talk {
  up: boolean
  refused: string | null
  /** What is heard. */
  stream: MediaStream | null
}

/** Keeps a connection while `url` is given (and, where it sends, there is something to send). */
export function useTalkLink(url: string | null, options: Pick<TalkOptions, 'bearer'> & { send?: MediaStream | null; receives?: 'sound' | 'both' }): Talk {
  const [talk, setTalk] = useState<Talk>({ up: false, refused: null, stream: null })
  const bearer = useRef(options.bearer)
  bearer.current = options.bearer
  const device = options.bearer !== undefined
  const { send, receives } = options
  useEffect(() => {
    if (!url || !(send || receives)) return
    const link = new TalkLink({
      url,
      ...(device ? { bearer: () => bearer.current!() } : {}),
      ...(send ? { send } : { picture: receives === 'both' }),
      received: (stream) => setTalk((before) => ({ ...before, stream })),
      state: (state) => setTalk((before) => ({ ...before, ...state })),
    })
    return () => {
      link.stop()
      setTalk({ up: false, refused: null, stream: null })
    }
  }, [url, send, receives, device])
  return talk
}
