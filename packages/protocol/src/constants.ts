// What clients need of the contract at run time, apart from the schemas: a page that uses the SDK loads no TypeBox.
export { type CloseReason, closeCodes } from './close-codes.ts'
export { type ErrorCode, errorStatus } from './error-codes.ts'
export { fileTypes } from './file-types.ts'
export { headers } from './headers.ts'
export { lifetimes, limits } from './limits.ts'
