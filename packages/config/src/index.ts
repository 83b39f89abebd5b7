export { ConfigError, type ConfigOf, parseConfig, type Settings, type Source, variableName } from './parse-config.ts'
export { optionalSecret, type SecretSetting, secret, secretDocument, secretStrength } from './secret.ts'
export {
  choice,
  flag,
  integer,
  list,
  optional,
  origin,
  port,
  requiredInProduction,
  type Setting,
  SettingFault,
  text,
  url,
} from './setting.ts'
