import type { Call, MediaSource } from '@secureconnect/protocol'
import type { LinkState } from '../socket/link.ts'
import type { CallEncryption, DroppedFrames } from './call-encryption.ts'
import type { SignalingServerFrame } from './frames.ts'
import type { RemoteTrack } from './receiver.ts'
import type { Ending } from './signaling.ts'

type FrameEvents = { [T in SignalingServerFrame['type']]: Extract<SignalingServerFrame, { type: T }> }

/** What a call tells: every frame of the server by its type, the others' tracks, and what becomes of it. */
export type CallEvents = FrameEvents & {
  track: RemoteTrack
  'track.ended': RemoteTrack
  /** Something of one's own ended by itself: a device was unplugged, the browser's own button stopped the sharing. */
  'source.ended': MediaSource
  state: LinkState
  /** One is back in the room after a break: all that is so in it may be otherwise now. */
  returned: undefined
  /** One's own media could not be sent, or somebody else's not received; the call goes on. */
  fault: unknown
  ended: Ending
  /** In an encrypted call: so many frames of somebody could not be opened, and were not shown. */
  'frames.dropped': DroppedFrames
}

/** For whoever comes: a call may have a lobby. */
export type Entering = {
  /** One waits to be let in. */
  onWaiting?: (call: Call) => void
  /** Gives up coming in, also while one waits to be let in. */
  signal?: AbortSignal
  /** For encrypted calls: nobody comes into one without. */
  encryption?: CallEncryption
}
