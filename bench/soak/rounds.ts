import { setTimeout as delay } from 'node:timers/promises'
import { files } from '@secureconnect/protocol'
import {
  allActs,
  type Cast,
  gatherCast,
  measureReturn,
  measureSign,
  type Outcome,
  refresh,
  type Scene,
  System,
  Traffic,
} from '@secureconnect/test/chaos'
import { createRandom, until } from '@secureconnect/test/helpers'
import { call } from '@secureconnect/test/services'
import { type Fault, listFaults } from './faults.ts'
import { MemoryWatch, type Sample } from './memory.ts'

const restMs = 15_000
const lastsMs = { least: 8_000, spread: 12_000 }
const returnsWithinMs = 30_000
const heardWithinMs = 30_000

/** One fault, and what became of what people did before, during and after it. */
export type Round = {
  fault: string
  lastedMs: number
  /** Undefined where not everything came back, which is told in `broken`. */
  backAfterMs: number | undefined
  calm: Outcome[]
  struck: Outcome[]
  broken: string[]
}

export type Soaked = {
  rounds: Round[]
  samples: Sample[]
  /** From when on no service was ended any more. */
  settledAtMs: number
  endedAtMs: number
  acknowledged: number
  heard: number
  /** In what not everything was kept, if so. */
  lost: string | undefined
}

type Soaking = { minutes: number; seed: number; tell: (line: string) => void }

/** Has everybody's token, and what is signed, last for the next round. */
async function renew(cast: Cast): Promise<void> {
  const { at, ada, bob, fileId } = cast
  for (const person of [ada, bob]) await refresh(at, person)
  const signed = await call(at, files.getDownload, { token: ada.token, params: { file_id: fileId } })
  cast.signedUrl = signed.data.download_url
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function play({ part, script }: Fault, scene: Scene): Promise<Round> {
  const traffic = new Traffic(scene.cast)
  const broken: string[] = []
  const note = (error: unknown) => void broken.push(wordsOf(error))
  await until('everybody does everything', () =>
    allActs.every((act) => traffic.outcomes.some((one) => one.act === act)),
  )
  await delay(restMs)
  await script.prepare?.(scene)

  const struckAt = performance.now()
  await script.strike(scene)
  const signs = (script.signs ?? []).map((sign) => measureSign(sign, scene, true))
  const lasts = delay(lastsMs.least + scene.upTo(lastsMs.spread))
  await Promise.all([lasts, ...signs.map((sign) => sign.catch(note))])
  await script.heal(scene)
  const healedAt = performance.now()

  const backAfterMs = await measureReturn(traffic, healedAt, returnsWithinMs).catch(note)
  for (const sign of script.signs ?? []) await measureSign(sign, scene, false).catch(note)
  await scene.cast.line.assertTalks(heardWithinMs).catch(note)
  await traffic.stop()
  await scene.system.whole().catch(note)
  return {
    fault: `${part}: ${script.fault}`,
    lastedMs: healedAt - struckAt,
    backAfterMs: backAfterMs ?? undefined,
    calm: traffic.outcomes.filter(({ beganAt, tookMs }) => beganAt + tookMs < struckAt),
    struck: traffic.outcomes.filter(({ beganAt, tookMs }) => beganAt + tookMs >= struckAt && beganAt <= healedAt),
    broken,
  }
}

/** Lets everything that people do go on for so long, and one thing after the other go wrong. */
export async function soak({ minutes, seed, tell }: Soaking): Promise<Soaked> {
  await using stack = new AsyncDisposableStack()
  const t = { after: (work: () => unknown) => stack.defer(async () => void (await work())) }
  const system = await System.start(t, { hasArchive: true, hasSecondNodes: true })
  const cast = await gatherCast(t, system)
  const memory = new MemoryWatch(system)
  const random = createRandom(seed)
  const { ending, other } = listFaults(random)
  const [beganAt, lengthMs] = [performance.now(), minutes * 60_000]
  const passed = () => (performance.now() - beganAt) / lengthMs
  const rounds: Round[] = []
  const playNext = async (faults: readonly Fault[], turn: number) => {
    await renew(cast)
    const round = await play(faults[turn % faults.length] as Fault, { system, cast, upTo: random.upTo })
    rounds.push(round)
    const came =
      round.backAfterMs === undefined ? 'not all came back' : `back after ${Math.round(round.backAfterMs)} ms`
    tell(`${Math.round(passed() * minutes)} min: ${round.fault}; ${came} ${round.broken.join('; ')}`)
  }
  for (let turn = 0; passed() < 1 / 4; turn += 1) await playNext(ending, turn)
  const settledAtMs = performance.now()
  for (let turn = 0; passed() < 1; turn += 1) await playNext(other, turn)
  await memory.stop()
  const endedAtMs = performance.now()
  const kept = await cast.letters.assertKept().catch((error: unknown) => wordsOf(error))
  const told = typeof kept === 'string' ? { acknowledged: cast.letters.acknowledged.size, heard: 0 } : kept
  const lost = typeof kept === 'string' ? kept : undefined
  return { rounds, samples: memory.samples, settledAtMs, endedAtMs, lost, ...told }
}
