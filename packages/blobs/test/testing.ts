export { harmless, startFakeClamd } from './fake-clamd.ts'
export { fillUp } from './full-store.ts'
