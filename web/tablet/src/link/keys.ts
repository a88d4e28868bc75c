/** The tablet's key pair and tokens, as of every device. */
import { Keys as DeviceKeys } from '@jedel/ui/device'

import { version } from '../../package.json'

export { importPair, makePair } from '@jedel/ui/device'

export class Keys extends DeviceKeys {
  constructor(deviceId: string, pair: CryptoKey) {
    super(deviceId, pair, version)
  }
}
