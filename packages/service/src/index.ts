export { readBearerToken } from './authenticate.ts'
export { type BaseContext, createBaseContext } from './base-context.ts'
export {
  type BackgroundJob,
  buildService,
  type Service,
  type ServiceOptions,
} from './build-service.ts'
export { isRefusal, sendError } from './error-handler.ts'
export type { Dependency } from './health.ts'
export { type HealthNote, listHealthNotes } from './health-notes.ts'
export { readIdempotencyKey } from './idempotency-key.ts'
export { priorityOf } from './load-shedding.ts'
export { hashBody, type Made, makeOnce, otherBody, type RepeatableRequest } from './make-once.ts'
export { networkOf } from './network.ts'
export { type Cursor, createCursor, rowsForPage, toPage } from './paging.ts'
export { createServerPlatform, type Observers, type Platform, type ServerConfig, serverSettings } from './platform.ts'
export { rateSettings, ratesOf } from './rate-settings.ts'
export { releaseStartupMemory } from './release-startup-memory.ts'
export { type Repetition, repeat, tellFailure } from './repeat.ts'
export { type Route, type RouteInput, route } from './route.ts'
export { type RunningService, run, startService } from './run.ts'
export {
  createServiceContext,
  type DataServiceContext,
  type ServiceContext,
} from './service-context.ts'
export { dataServiceSettings, serviceSettings } from './service-settings.ts'
export type { Connection } from './sockets/connection.ts'
export { createFrameBudget } from './sockets/frame-budget.ts'
export { type FrameHandler, type FrameInput, frame } from './sockets/frames.ts'
export { likeOperation } from './sockets/like-operation.ts'
export { type SocketEndpoint, type SocketFollower, socketEndpoint } from './sockets/socket-endpoint.ts'
export { timeToSendAway } from './sockets/time-to-send-away.ts'
export { toWireFrame, type WireFrame } from './sockets/wire-frame.ts'
export { validationError } from './validation.ts'
export { version } from './version.ts'
