import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { cassandraEnv } from '@secureconnect/test/cassandra'
import { onlyAtFullSize, until } from '@secureconnect/test/helpers'
import { cassandraSettings } from '../src/config.ts'
import { changeArchivePassword } from '../src/index.ts'

const another = 'another password of this test'
const fullSize = onlyAtFullSize('Cassandra has a new password wait')

test(
  'the login at Cassandra is given another password, also where it has that one already, and not by a stranger',
  fullSize,
  async () => {
    const config = parseConfig(cassandraSettings, { env: await cassandraEnv() })
    const stranger = { ...config, cassandraPassword: 'of a stranger' }
    await changeArchivePassword(stranger, config.cassandraPassword ?? '')
    await assert.rejects(changeArchivePassword(stranger, another), /neither the old nor the new password/)
    const away = { ...config, cassandraPort: 9 }
    await assert.rejects(changeArchivePassword(away, another), /does not answer/)
    // A login that was made just now keeps its password for some seconds.
    const change = async () => {
      const refusal = await changeArchivePassword(config, another).catch((error: Error) => error.message)
      if (refusal) assert.match(refusal, /can only be changed every/)
      return !refusal
    }
    await until('the password is changed', change)
    await until('the new one counts', () =>
      changeArchivePassword(stranger, another).then(
        () => true,
        () => false,
      ),
    )
  },
)
