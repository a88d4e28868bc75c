export { type Answer, exchange, iceServers, leave } from './exchange'
export { livePaths, LiveVideo, type LiveVideoProps } from './LiveVideo'
export { Player, type PlayerOptions, type PlayerState } from './player'
export { watch, type Watching } from './whep'
