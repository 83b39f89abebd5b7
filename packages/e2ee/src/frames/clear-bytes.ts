/** A frame as the browser's encoder gives it; sound has no type of frame. */
export type FrameKind = 'key' | 'delta' | 'audio'

/**
 * How many bytes at the beginning of a frame stay readable: of VP8 the header, by which packets are made and key frames
 * known; of Opus none. In an encrypted call nothing else is sent.
 */
export const clearBytes: Readonly<Record<FrameKind, number>> = { key: 10, delta: 3, audio: 0 }
