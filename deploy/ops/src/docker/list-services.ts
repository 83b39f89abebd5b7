import { compose, runDocker } from './run-docker.ts'

/** The services that the compose file has, with its overrides and profiles: what is kept elsewhere is not among them. */
export async function listServices(root: string): Promise<string[]> {
  const told = await runDocker(compose('config', '--services'), { root })
  return told.split('\n').filter((line) => line !== '')
}
