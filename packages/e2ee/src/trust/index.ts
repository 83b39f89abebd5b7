export { type KnownDevice, noteDevices, type Trust, type TrustChange, trustOf, verify } from './devices.ts'
export { createSafetyNumber, type Party } from './safety-number.ts'
