import type { RtpCapabilities } from '@secureconnect/protocol'
import type { types } from 'mediasoup'

/** With it a device sends what a phone on its side sees as it is, for receivers to turn; and a recorder turns nothing. */
const turning = 'urn:3gpp:video-orientation'

/** What a room lets devices send and receive: pictures that are upright as they come. */
export function offerCapabilities(room: types.RtpCapabilities): RtpCapabilities {
  const headerExtensions = room.headerExtensions?.filter(({ uri }) => uri !== turning) ?? []
  // Mediasoup's own have the shape that our schema tells of.
  return { ...room, headerExtensions } as RtpCapabilities
}

/**
 * What a device can receive, in the room's own words. A device says it before it knows the room, and every browser has
 * numbers of its own for the same header extensions: without the room's it would get none, and nobody would know what
 * its line can carry.
 */
export function fitCapabilities(device: RtpCapabilities, room: types.RtpCapabilities): types.RtpCapabilities {
  const headerExtensions = device.headerExtensions.flatMap((extension) => {
    const known = room.headerExtensions?.find(({ uri, kind }) => uri === extension.uri && kind === extension.kind)
    return known ? [{ ...extension, preferredId: known.preferredId }] : []
  })
  // The schema has judged every value; the types differ in what they call unknown.
  return { ...device, headerExtensions } as types.RtpCapabilities
}
