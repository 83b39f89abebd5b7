import { type ComposeService, type Mount, withDefaults } from './compose-file.ts'

function sourceOf(mount: Mount): string {
  return typeof mount === 'string' ? (/^(\$\{[^}]*\}|[^:]+)/.exec(mount)?.[0] ?? '') : mount.source
}

function isReadOnly(mount: Mount): boolean {
  return typeof mount === 'string' ? /:ro(,\w+)?$/.test(mount) : mount.read_only === true
}

/** What is mounted of the host: our own configuration, read-only, is as it should be. */
function listHostPaths({ volumes = [] }: ComposeService): string[] {
  return volumes.flatMap((mount) => {
    const source = withDefaults(sourceOf(mount))
    if (/^[\w-]+$/.test(source)) return []
    if (/^\.\/(configs|secrets|state)\//.test(source)) return isReadOnly(mount) ? [] : [`writes to ${source}`]
    return [`host path ${source}`]
  })
}

/** In what a container is less closed than the rule, in the words of deploy/hardening-exceptions.yml. */
export function listDeviations(service: ComposeService): string[] {
  const { user = '', cap_add = [], tmpfs = [], restart, healthcheck } = service
  const [uid = ''] = user.split(':')
  return [
    ...(service.read_only ? [] : ['root that can be written to']),
    ...(service.cap_drop?.join() === 'ALL' ? [] : ['usual capabilities']),
    ...(service.security_opt?.includes('no-new-privileges:true') ? [] : ['new privileges']),
    ...(service.privileged ? ['privileged'] : []),
    ...(service.pid ? [`pid ${service.pid}`] : []),
    ...(service.network_mode === 'host' ? ['network of the host'] : []),
    ...(/^[1-9]\d*$/.test(uid) ? [] : [`user ${uid || 'of the image'}`]),
    ...cap_add.map((capability) => `capability ${capability}`),
    ...tmpfs.filter((one) => !/noexec/.test(one)).map((one) => `programs in ${one.split(':')[0]}`),
    ...tmpfs.filter((one) => !/nosuid,nodev/.test(one)).map((one) => `devices in ${one.split(':')[0]}`),
    ...listHostPaths(service),
    ...(healthcheck || restart === 'no' ? [] : ['no health check']),
  ]
}
