export { buildApp } from './app.ts'
export { type Config, loadConfig, settings } from './config.ts'
export { type Context, createContext } from './context.ts'
export { restoreChat } from './restore/restore-chat.ts'
