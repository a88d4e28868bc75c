import { type Client, type Me } from '@jedel/ui'

/** Sign out; whoever came by the department's identity provider is signed out there too, where it offers that. */
export async function leave(client: Client, me: Me): Promise<void> {
  try {
    if (me.method === 'oidc') {
      const { url } = await client.post<{ url: string | null }>('/api/session/oidc/end', undefined)
      if (url) location.assign(url)
    } else await client.delete('/api/session')
  } catch {
    // the session was over already, or the link is: the page is left either way
  }
}
