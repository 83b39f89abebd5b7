export { MediaLine, type RemoteEnd } from './media-line.ts'
export { countPackets, rtpPacket } from './rtp-packet.ts'
