export { type Client, type ClientOptions, makeClient, NoLink, Problem, toProblem } from './api/client'
export { addPasskey, isCancelled, passkeysWork, proveByPasskey, signInByPasskey } from './api/passkeys'
export * from './domain/plates'
export * from './domain/types'
export { currentLanguage, inWords, LANGUAGE_NAMES, LANGUAGES, type Locale, startLanguages, switchLanguage } from './i18n'
export { type Glyph, Icon, PlaceIcon, type PlaceGlyph, PriorityIcon, UnitIcon } from './icons'
export { newId } from './ids'
export { JedelProvider, useThemeName } from './JedelProvider'
export { type FeedOptions, type LinkState, LiveFeed } from './live/feed'
export { useCollection, useLink, useNow, usePicture } from './live/hooks'
export { Positions } from './live/positions'
export {
  type Collection, type EventMessage, fromSnapshot, type Identified, NOTHING, type Picture, reduce, type SnapshotMessage, type Step,
} from './live/reduce'
export { type Case, caseNumber, Cases, forgetCases } from './lookups/cases'
export {
  ago, type Answer, type AskedBy, type Part, partLines, partSource, partTitle, type Purpose, type Reading, type Reason, type RegisterKind, type Tone, toneOf,
} from './lookups/parts'
export { BaseMap, type BaseMapProps } from './map/BaseMap'
export { addImages } from './map/images'
export { MAP_FONT } from './map/style'
export { MomentField, type MomentFieldProps } from './MomentField'
export { begins, livePaths, LiveVideo, type LiveVideoProps, Player, type PlayerState, prepare, settles, watchAhead, whenPicturesStand } from './media'
export { Plate } from './plates/Plate'
export {
  alertPriority, byGravity, compare, type Compared, gravestFirst, isGravest, isOpen, lookWord, type PlateParts, plateParts, sayPlate, type Surety, surety,
} from './plates/view'
export { problemText } from './problem'
export { type Sound, Sounds } from './sounds'
export { type Asking, due, type Heard, SILENCE } from './sounds/schedule'
export { contrast } from './theme/contrast'
export { type ThemeName, themes, type Tokens } from './theme/tokens'
export { clock, clockFace, dayTime, distance, elapsed, minutes, moment, readMoment, tenths, writtenMoment } from './time'
