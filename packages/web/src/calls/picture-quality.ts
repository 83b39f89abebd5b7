import type { OngoingCall, RemoteTrack } from '@secureconnect/sdk/calls'

export const pictureQualities = ['best', 'saving', 'none'] as const
/** How much of the others' pictures is to come: as much as is shown, little, or sound alone. */
export type PictureQuality = (typeof pictureQualities)[number]

export const isPictureQuality = (name: string): name is PictureQuality => pictureQualities.some((one) => one === name)

/** More layers than there are in any picture. */
const allLayers = 7

/** Has pictures come in the quality that is wished for. What is shared of a screen is to be read, and comes whole. */
export async function receiveAs(call: OngoingCall, quality: PictureQuality, tracks: readonly RemoteTrack[]) {
  const consumer_ids = tracks.filter(({ source }) => source === 'camera').map(({ consumerId }) => consumerId)
  if (consumer_ids.length === 0) return
  await call.ask(quality === 'none' ? 'consumer.pause' : 'consumer.resume', { consumer_ids })
  await call.ask('consumer.prefer', { consumer_ids, spatial: quality === 'saving' ? 0 : allLayers })
}
