import { forgetCases, makeClient, type Me, Problem, type Sounds } from '@jedel/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { AdminDesk } from './account/AdminDesk'
import { Enrol } from './account/Enrol'
import { SecondScreen } from './cameras/wall/SecondScreen'
import { AuditDesk } from './audit/AuditDesk'
import { DeskProvider } from './desk/context'
import { Desk } from './desk/desk'
import { OfficerDesk } from './lookups/OfficerDesk'
import { Shell } from './shell/Shell'
import { SignIn } from './sign-in/SignIn'

const client = makeClient()

/** The window of a second screen shows one wall and nothing else. */
const secondWall = new URLSearchParams(location.search).get('wall')

/** The session decides: sign-in page, or the desk of whoever is signed in. */
export function App({ sounds }: { sounds: Sounds }) {
  const queries = useQueryClient()
  const me = useQuery({
    queryKey: ['me'],
    queryFn: async (): Promise<Me | null> => {
      try {
        return await client.get<Me>('/api/me')
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null
        throw error
      }
    },
    retry: true,
    retryDelay: 2_000,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const signedOut = useCallback(() => {
    // `clear` would take the query away from under this page, which would then not hear that it changed
    forgetCases()
    queries.setQueryData(['me'], null)
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' })
  }, [queries])

  if (me.data?.waiting) return <Enrol me={me.data} desk={client} onDone={() => void me.refetch()} onSignedOut={signedOut} />
  if (me.data?.role === 'officer') return <OfficerDesk key={me.data.id} me={me.data} client={client} onSignedOut={signedOut} />
  if (me.data?.role === 'auditor') return <AuditDesk key={me.data.id} me={me.data} client={client} onSignedOut={signedOut} />
  if (me.data?.role === 'administrator') return <AdminDesk key={me.data.id} me={me.data} client={client} onSignedOut={signedOut} />
  if (me.data) return <DeskOf key={me.data.id} me={me.data} sounds={sounds} onSignedOut={signedOut} />
  return <SignIn client={client} waiting={me.isPending} noLink={me.failureCount > 0 && me.isPending} onSignedIn={(who) => queries.setQueryData(['me'], who)} />
}

function DeskOf({ me, sounds, onSignedOut }: { me: Me; sounds: Sounds; onSignedOut: () => void }) {
  const queries = useQueryClient()
  const [desk] = useState(() => new Desk(me, sounds, queries, onSignedOut))
  useEffect(() => {
    desk.feed.start()
    for (const kind of ['keydown', 'pointerdown'] as const) window.addEventListener(kind, desk.noteInput, { capture: true, passive: true })
    return () => {
      for (const kind of ['keydown', 'pointerdown'] as const) window.removeEventListener(kind, desk.noteInput, { capture: true })
      desk.feed.stop()
    }
  }, [desk])
  return (
    <DeskProvider value={desk}>
      {secondWall ? <SecondScreen wall={secondWall} /> : <Shell />}
    </DeskProvider>
  )
}
