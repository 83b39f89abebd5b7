export { buildApp } from './app.ts'
export { type Config, loadConfig, settings } from './config.ts'
export { type Context, createContext } from './context.ts'
export { restoreCalls } from './restore/restore-calls.ts'
