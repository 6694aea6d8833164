import { type Violation, violation } from '../violation.ts';
import type { World } from '../world.ts';

/** Finds servers that ended by themselves, or that accepted no write once everything was well again. */
export function deadProcesses({ servers }: World): readonly Violation[] {
  return servers
    .filter(({ what }) => what === 'died' || what === 'lost')
    .map(({ server, what, detail, at }) =>
      violation('dead process', `server ${server} ${what}: ${detail ?? ''}`, [], at),
    );
}
