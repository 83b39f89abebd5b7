export { until } from '@secureconnect/test/helpers'
