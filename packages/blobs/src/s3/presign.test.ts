import assert from 'node:assert/strict'
import { test } from 'node:test'
import { presign } from './presign.ts'

test('a URL is signed as the example in the documentation of Amazon S3 is', () => {
  const signer = {
    accessKey: 'AKIAIOSFODNN7EXAMPLE',
    secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    region: 'us-east-1',
  }
  const url = presign(signer, {
    method: 'GET',
    url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
    expiresInSeconds: 86_400,
    signedAt: new Date('2013-05-24T00:00:00Z'),
  })
  const { searchParams } = new URL(url)
  assert.equal(searchParams.get('X-Amz-Signature'), 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
})
