export { type Config, loadConfig, settings, targetSettings } from './config.ts'
export { describeFault } from './describe-fault.ts'
export { runCommand } from './run-command.ts'
export { serve } from './serve.ts'
