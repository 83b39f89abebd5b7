export { collect } from './collect.ts'
export { hasty, surroundings } from './config.ts'
export {
  createExample,
  createInput,
  type Input,
  type JsonSchema,
  toJsonSchema,
  type Values,
} from './operations/example-input.ts'
export { type Prepared, testHostileInput } from './operations/hostile-input.ts'
export { sendOperation } from './operations/send-operation.ts'
export { createRandom, type Random } from './random.ts'
export { readJson } from './read-json.ts'
export { allowedMs, onlyAtFullSize, scale } from './scale.ts'
export { type LogLine, ServiceProcess } from './service-process.ts'
export { emptyDisk, fillDisk, mountDisk } from './small-disk.ts'
export { suiteScope } from './suite-scope.ts'
export { describeCommit, describeMachine } from './tried.ts'
export { until } from './until.ts'
