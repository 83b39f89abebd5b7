import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, findOrInstall, runInstaller } from '../install.ts'

const version = '5.0.9'
const otherPlatforms = ['osx-aarch_64', 'osx-x86_64', 'windows-x86_64', 'linux-aarch_64', 'linux-riscv64']

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>secureconnect</groupId>
  <artifactId>cassandra</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`

/** The folder with Cassandra's jars, fetched by Maven on first use. */
export async function findCassandraJars(): Promise<string> {
  const folder = await cached(`cassandra-${version}`, 'Fetching Cassandra (67 MB, once)', async (partial) => {
    const maven = await findOrInstall({ name: 'mvn', package: 'maven', variable: 'TEST_CASSANDRA_URL' })
    const pomFile = join(partial, 'pom.xml')
    await writeFile(pomFile, pom)
    await runInstaller(maven, [
      ...['-q', '-B', '-f', pomFile],
      'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(partial, 'lib')}`,
      `-DexcludeClassifiers=${otherPlatforms.filter((platform) => !isThisPlatform(platform)).join(',')}`,
    ])
  })
  return join(folder, 'lib')
}

function isThisPlatform(classifier: string): boolean {
  const system = process.platform === 'darwin' ? 'osx' : process.platform
  const processor = process.arch === 'arm64' ? 'aarch_64' : 'x86_64'
  return classifier === `${system}-${processor}`
}
