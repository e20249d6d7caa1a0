import tls from 'node:tls';

let trusted = false;

/** For the whole process. Node trusts only the authorities that it brings, but companies put theirs into the system. */
export function trustSystemAuthorities(): void {
  // Node 22.19 and 24.5 have it.
  if (trusted || tls.setDefaultCACertificates === undefined) return;
  trusted = true;
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...tls.getCACertificates('system')]);
}
