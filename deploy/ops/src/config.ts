import { parseConfig, text } from '@secureconnect/config'

/** Where docker itself finds its engine. */
export function loadDockerHost(): string {
  return parseConfig({ dockerHost: text('unix:///var/run/docker.sock') }, { env: process.env }).dockerHost
}
