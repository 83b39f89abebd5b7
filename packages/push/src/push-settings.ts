import {
  ConfigError,
  type ConfigOf,
  choice,
  flag,
  optionalSecret,
  type SecretSetting,
  type Setting,
  SettingFault,
  secretDocument,
  url,
} from '@secureconnect/config'
import type { Logger } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { createPushLog } from './push-log.ts'
import type { Pusher } from './pusher.ts'
import { parseServiceAccount, type ServiceAccount } from './service-account.ts'

const credentials: SecretSetting<ServiceAccount | undefined> = {
  ...secretDocument(parseServiceAccount),
  isOptional: true,
}

const anyUrl = url(['http:', 'https:'], 'https://fcm.googleapis.com')
const firebaseUrl: Setting<string> = {
  ...anyUrl,
  parse(raw, surroundings) {
    if (surroundings.isProduction && !raw.startsWith('https://')) throw new SettingFault('must start with https://')
    return anyUrl.parse(raw, surroundings)
  },
}

/** How pushes leave: through Firebase where there are its credentials, else into the log. */
export const pushSettings = {
  firebaseCredentials: credentials,
  /** Another project than that of the credentials. */
  firebaseProjectId: optionalSecret(1),
  firebaseUrl,
  /** Whether production may do without Firebase, and nobody is pushed anything. */
  allowMockPush: flag(false),
  /** `full` has pushes say what messages say; Firebase and the device's maker can read that. */
  pushContent: choice(['ids', 'full'], 'ids'),
}

type Options = { config: ConfigOf<typeof pushSettings> & { env: string }; metrics: Metrics; log: Logger }

/** Creates the pusher that the settings ask for. */
export async function createPusher({ config, metrics, log }: Options): Promise<Pusher> {
  const { firebaseCredentials: account, firebaseProjectId, firebaseUrl: url, allowMockPush, env } = config
  if (account) {
    const { connectFirebase } = await import('./firebase.ts')
    return connectFirebase({ url, account, projectId: firebaseProjectId ?? account.projectId, metrics, log })
  }
  if (env === 'production' && !allowMockPush) {
    throw new ConfigError([
      'FIREBASE_CREDENTIALS is missing: without it nobody is pushed anything; ALLOW_MOCK_PUSH=true says that this is meant',
    ])
  }
  return createPushLog({ metrics, log })
}
