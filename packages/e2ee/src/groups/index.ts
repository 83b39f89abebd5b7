export { type Changes, createMemoryVault, type Vault } from './vault.ts'
