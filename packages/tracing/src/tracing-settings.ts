import { optional, url } from '@secureconnect/config'

/** Where spans go: an OTLP collector's base address. Without it nothing is recorded, and trace ids still travel. */
export const tracingSettings = { otelExporterOtlpEndpoint: optional(url(['http:', 'https:'])) }
