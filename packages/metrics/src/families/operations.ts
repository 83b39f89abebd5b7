import { gauge } from '../family.ts'

/** Written by the ops tool and read through node-exporter's textfile collector; no service exports them. */
export const operationsFamilies = {
  backupLastSuccess: gauge('backup_last_success_timestamp_seconds', {
    help: 'When each store was last backed up',
    services: [],
    labels: ['store'],
  }),
  backupDrillLastSuccess: gauge('backup_drill_last_success_timestamp_seconds', {
    help: 'When a backup was last restored as a trial',
    services: [],
  }),
  configDriftFindings: gauge('config_drift_findings', {
    help: 'Differences between what runs and what the files say',
    services: [],
  }),
}
