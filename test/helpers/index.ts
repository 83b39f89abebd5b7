export { readJson } from './read-json.ts'
export { scale } from './scale.ts'
