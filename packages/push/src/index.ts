export { createPushLog } from './push-log.ts'
export type { Push, Pusher } from './pusher.ts'
