import { compose, runDocker } from '../docker/run-docker.ts'
import { Fault } from '../fault.ts'

/** Gives chat-service's login at Cassandra another password, by a command of its own. It goes in by the standard input. */
export async function tellCassandra(root: string, { next }: { next: string }): Promise<void> {
  const program = ['node', 'services/chat/change-archive-password.ts']
  try {
    await runDocker(compose('exec', '--no-TTY', 'chat-service', ...program), { root, input: next })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Fault(`Cassandra did not take the new password. ${error.message}`, error.wayOut, { cause: error })
  }
}
