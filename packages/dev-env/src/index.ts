export { type EmbeddedSystem, type SystemOptions, startEmbeddedSystem } from './embedded-system.ts'
