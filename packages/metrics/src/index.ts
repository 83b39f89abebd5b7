export { createMetrics, type Metrics, type MetricsOptions } from './create-metrics.ts'
export { families } from './families/index.ts'
export type { Family } from './family.ts'
export { runtimeFamilies } from './runtime-families.ts'
