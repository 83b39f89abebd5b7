/** This browser has no device to encrypt by here and now; its message says why, for people. */
export class NoDeviceError extends Error {
  override readonly name = 'NoDeviceError'
}
