export { MediaLine, type RemoteEnd } from './media-line.ts'
export { countPackets, isRtp, rtpPacket, senderReport, vp8KeyFrame } from './rtp-packet.ts'
