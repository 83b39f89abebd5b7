export { AppError, type AppErrorOptions } from './app-error.ts'
export { toAppError, toErrorBody, toErrorPart } from './error-body.ts'
