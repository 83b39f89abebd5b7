import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeReserved } from './reserved-ports.ts'

const given = '32768\t60999\n'
const published = [443, 3478, 40_000, 40_001, 49_160, 49_161, 61_000]

test('published ports that the kernel gives to any connection are named, with the line that reserves them', () => {
  const { state, detail, fix } = judgeReserved(published, { given, reserved: '\n' })
  assert.equal(state, 'warning')
  assert.match(detail, /^40000-40001,49160-49161: /)
  assert.match(String(fix), /^sysctl -w net\.ipv4\.ip_local_reserved_ports=40000-40001,49160-49161 && /)
})

test('what is reserved already stays so beside what is missing', () => {
  const { fix } = judgeReserved(published, { given, reserved: '35000,40000-40001\n' })
  assert.match(String(fix), /=35000,40000-40001,49160-49161 && /)
})

test('nothing is said where all are reserved, or none can be given away', () => {
  assert.equal(judgeReserved(published, { given, reserved: '40000-49999' }).state, 'ok')
  assert.equal(judgeReserved([80, 443], { given, reserved: '' }).state, 'ok')
})
