export { readJson } from './read-json.ts'
export { scale } from './scale.ts'
export { type LogLine, ServiceProcess } from './service-process.ts'
