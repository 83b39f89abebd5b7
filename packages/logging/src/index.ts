export { createLogger, flushLogger, type Logger, type LoggerOptions, type LogLevel, logLevels } from './logger.ts'
export {
  asCritical,
  currentRequest,
  isCritical,
  type RequestContext,
  withoutRequest,
  withRequest,
} from './request-context.ts'
