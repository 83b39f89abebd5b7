import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from '../address.ts'
import { findInFolders } from '../find-program.ts'
import { freePort } from '../free-port.ts'
import { findOrInstall } from '../install.ts'
import type { Recipe } from '../server.ts'
import { findCassandraJars } from './cassandra-jars.ts'
import { javaOptions, logConfig, nodeConfig, type Standing } from './cassandra-options.ts'

/** The only data centre of a node with the simple snitch. */
export const dataCenter = 'datacenter1'

/** A Cassandra node with its default superuser: by itself, or among others. */
export const cassandraNode = (among?: { place: { host: string; port: number }; standing: Standing }): Recipe => ({
  name: 'cassandra',
  login: { user: 'cassandra', password: 'cassandra' },
  ...(among && { place: among.place }),

  async prepare({ folder, address: { host, port } }) {
    const jars = await findCassandraJars()
    const file = await findJava()
    const standing = among?.standing ?? { seed: host, storagePort: await freePort(), token: '0' }
    await writeFile(join(folder, 'logback.xml'), logConfig)
    await writeFile(join(folder, 'cassandra.yaml'), nodeConfig({ folder, host, port, ...standing }))
    return { file, args: javaOptions(folder, jars) }
  },

  async ping({ host, port, user, password }: Address) {
    // Loaded only here: the driver is heavy, and most suites never ask for it.
    const { Client } = await import('cassandra-driver')
    const client = new Client({
      contactPoints: [`${host}:${port}`],
      localDataCenter: dataCenter,
      credentials: { username: user, password },
      // A driver that waits for one connection as long as it usually may would sleep through the start.
      socketOptions: { connectTimeout: 1_000 },
    })
    try {
      await client.connect()
    } finally {
      await client.shutdown()
    }
  },
})

export const cassandra = cassandraNode()

/** Cassandra 5 runs on Java 17 and on no newer one, so that one is taken even if PATH leads to another. */
async function findJava(): Promise<string> {
  const folders = '/usr/lib/jvm/*-17-*/bin'
  const source = { folders, package: 'openjdk-17-jre-headless', variable: 'TEST_CASSANDRA_URL' }
  return findInFolders('java', folders) ?? findOrInstall({ name: 'java', ...source })
}
