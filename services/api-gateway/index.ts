import { connectKv } from '@secureconnect/kv'
import { run } from '@secureconnect/service'
import { buildApp, createContext, loadConfig } from './src/index.ts'

await run(async () => {
  const config = loadConfig()
  const openKv = (observers: Parameters<Parameters<typeof createContext>[1]['openKv']>[0]) =>
    connectKv({ ...config, ...observers })
  return buildApp(await createContext(config, { openKv }))
})
