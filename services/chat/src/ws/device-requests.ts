import type { Context } from '../context.ts'
import { sendToDevices } from '../keys/send-to-devices.ts'
import { removeReceived } from '../stores/device-messages.ts'
import { request } from './request.ts'

/** What devices ask of one another's queues. */
export function createDeviceRequests(context: Context) {
  return {
    'device.send': request('device.send', ({ frame: { to }, caller }) =>
      sendToDevices(context, { session: caller, to }),
    ),
    'device.ack': request('device.ack', async ({ frame: { up_to }, caller }) => {
      await removeReceived(context.sql, caller, up_to)
      return {}
    }),
  }
}
