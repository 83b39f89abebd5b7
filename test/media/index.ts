export { DirectLine } from './direct-line.ts'
export { MediaLine, type RemoteEnd } from './media-line.ts'
export { audioLevel, countPackets, isRtp, rtpPacket, senderReport, vp8KeyFrame } from './rtp-packet.ts'
