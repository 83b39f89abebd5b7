import { createServerPlatform, run } from '@secureconnect/service'
import { buildApp, createContext, loadConfig } from './src/index.ts'

await run(async () => {
  const config = loadConfig()
  return buildApp(await createContext(config, createServerPlatform(config)))
})
