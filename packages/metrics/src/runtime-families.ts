import { counter, gauge, histogram, everyService as services } from './family.ts'

/** What prom-client tells of the process and of Node by itself, on Linux; elsewhere a few are missing. */
export const runtimeFamilies = [
  counter('process_cpu_user_seconds_total', { help: 'Total user CPU time spent in seconds', services }),
  counter('process_cpu_system_seconds_total', { help: 'Total system CPU time spent in seconds', services }),
  counter('process_cpu_seconds_total', { help: 'Total user and system CPU time spent in seconds', services }),
  gauge('process_start_time_seconds', { help: 'Start time of the process since unix epoch in seconds', services }),
  gauge('process_resident_memory_bytes', { help: 'Resident memory size in bytes', services }),
  gauge('process_virtual_memory_bytes', { help: 'Virtual memory size in bytes', services }),
  gauge('process_heap_bytes', { help: 'Process heap size in bytes', services }),
  gauge('process_open_fds', { help: 'Number of open file descriptors', services }),
  gauge('process_max_fds', { help: 'Maximum number of open file descriptors', services }),
  gauge('nodejs_eventloop_lag_seconds', { help: 'Lag of event loop in seconds', services }),
  gauge('nodejs_eventloop_lag_min_seconds', { help: 'The minimum recorded event loop delay', services }),
  gauge('nodejs_eventloop_lag_max_seconds', { help: 'The maximum recorded event loop delay', services }),
  gauge('nodejs_eventloop_lag_mean_seconds', { help: 'The mean of the recorded event loop delays', services }),
  gauge('nodejs_eventloop_lag_stddev_seconds', {
    help: 'The standard deviation of the recorded event loop delays',
    services,
  }),
  gauge('nodejs_eventloop_lag_p50_seconds', {
    help: 'The 50th percentile of the recorded event loop delays',
    services,
  }),
  gauge('nodejs_eventloop_lag_p90_seconds', {
    help: 'The 90th percentile of the recorded event loop delays',
    services,
  }),
  gauge('nodejs_eventloop_lag_p99_seconds', {
    help: 'The 99th percentile of the recorded event loop delays',
    services,
  }),
  gauge('nodejs_active_resources', {
    help: 'Resources that keep the event loop alive, by type',
    services,
    labels: ['type'],
  }),
  gauge('nodejs_active_resources_total', { help: 'Total number of active resources', services }),
  gauge('nodejs_active_handles', { help: 'Handles of libuv by their class', services, labels: ['type'] }),
  gauge('nodejs_active_handles_total', { help: 'Total number of active handles', services }),
  gauge('nodejs_active_requests', { help: 'Requests of libuv by their class', services, labels: ['type'] }),
  gauge('nodejs_active_requests_total', { help: 'Total number of active requests', services }),
  gauge('nodejs_heap_size_total_bytes', { help: 'Process heap size from Node.js in bytes', services }),
  gauge('nodejs_heap_size_used_bytes', { help: 'Process heap size used from Node.js in bytes', services }),
  gauge('nodejs_external_memory_bytes', { help: 'Node.js external memory size in bytes', services }),
  gauge('nodejs_heap_space_size_total_bytes', {
    help: 'Process heap space size total from Node.js in bytes',
    services,
    labels: ['space'],
  }),
  gauge('nodejs_heap_space_size_used_bytes', {
    help: 'Process heap space size used from Node.js in bytes',
    services,
    labels: ['space'],
  }),
  gauge('nodejs_heap_space_size_available_bytes', {
    help: 'Process heap space size available from Node.js in bytes',
    services,
    labels: ['space'],
  }),
  gauge('nodejs_version_info', {
    help: 'Node.js version info',
    services,
    labels: ['version', 'major', 'minor', 'patch'],
  }),
  histogram('nodejs_gc_duration_seconds', {
    help: 'Garbage collections by kind: major, minor, incremental or weakcb',
    services,
    labels: ['kind'],
  }),
  gauge('nodejs_eventloop_utilization_ratio', {
    help: 'Share of time in which the event loop was busy since the last scrape',
    services,
  }),
]
