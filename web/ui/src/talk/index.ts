export { TalkLink, type TalkOptions } from './link'
export { type Talk, useTalkLink } from './useTalkLink'
export { useMicrophone } from './useMicrophone'
