import { parseConfig, text } from '@secureconnect/config'

/** What docker is started with: which files together are the compose file is not for whoever calls us to say. */
export function describeDockerEnvironment(composeFiles: string): NodeJS.ProcessEnv {
  return { ...process.env, COMPOSE_FILE: composeFiles }
}

/** Where docker itself finds its engine. */
export function loadDockerHost(): string {
  return parseConfig({ dockerHost: text('unix:///var/run/docker.sock') }, { env: process.env }).dockerHost
}
