import type { RtpCapabilities } from '@secureconnect/protocol'
import { Device, detectDeviceAsync } from 'mediasoup-client'
import { Chrome74 } from 'mediasoup-client/handlers/Chrome74'
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111'
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120'
import { ReactNative106 } from 'mediasoup-client/handlers/ReactNative106'
import { Safari12 } from 'mediasoup-client/handlers/Safari12'

const handlers = { Chrome111, Chrome74, Firefox120, Safari12, ReactNative106 }

/** What this browser can send and receive, before it is known what the call uses of that. */
export type BrowserDevice = {
  readonly rtpCapabilities: RtpCapabilities
  /** For one room, whose codecs decide the rest. */
  createDevice(routerRtpCapabilities: RtpCapabilities): Promise<Device>
}

/** Finds out what this browser can do; throws where it cannot take part in calls at all. */
export async function findBrowserDevice(): Promise<BrowserDevice> {
  const name = await detectDeviceAsync()
  if (!name) throw new Error('This browser cannot take part in calls.')
  const handlerFactory = handlers[name].createFactory({})
  const capabilities = await handlerFactory.getNativeRtpCapabilities({ direction: 'recvonly' })
  return {
    // The contract and the library describe the same objects, with other words for what is left open.
    rtpCapabilities: capabilities as RtpCapabilities,
    async createDevice(routerRtpCapabilities) {
      const device = new Device({ handlerFactory })
      type Loaded = Parameters<typeof device.load>[0]
      await device.load({ routerRtpCapabilities } as Loaded)
      return device
    },
  }
}
