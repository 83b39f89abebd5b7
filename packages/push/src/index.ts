export { createPusher, pushSettings } from './push-settings.ts'
export { type FailureReason, type Push, PushError, type Pusher } from './pusher.ts'
export { tryFirebase } from './try-firebase.ts'
export { findWebApp, type WebApp, webPushSettings } from './web-settings.ts'
