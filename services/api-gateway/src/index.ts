export { buildApp } from './app.ts'
export { type Config, loadConfig, settings } from './config.ts'
export { type Context, createContext, type GatewayPlatform } from './context.ts'
