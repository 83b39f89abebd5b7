export { signCredentials } from './credentials.ts'
export { tryRelay } from './try-relay.ts'
export { turnUrl } from './turn-url.ts'
