import { type Client, inWords, type Purpose } from '@jedel/ui'
import { useQuery } from '@tanstack/react-query'

/** What a purpose is called; its code where it is on the list no more. */
export function usePurposes(client: Client): (code: string) => string {
  const purposes = useQuery({
    queryKey: ['lookups', 'purposes'],
    queryFn: ({ signal }) => client.get<Purpose[]>('/api/lookups/purposes', signal),
    staleTime: 60_000,
  })
  return (code) => inWords(purposes.data?.find((each) => each.code === code)?.names) || code
}
