export { mountCallPage } from './call-page.ts'
export { type EmbeddedSystem, type SystemOptions, startEmbeddedSystem } from './embedded-system.ts'
