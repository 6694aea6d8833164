import { anyServer, between, type Nemesis } from './nemesis.ts';

const ANY_STORE = ['sqlite', 'redis', 'cluster', 'postgres'] as const;

/** What happens to servers. */
export const SERVER_NEMESES: readonly Nemesis[] = [
  {
    name: 'kill-server',
    what: 'one of the servers is killed with SIGKILL, and started again at most a second later',
    stores: ANY_STORE,
    async strike(target) {
      const server = anyServer(target);
      await server.kill();
      await target.pause(between(target.random, 100, 1000));
      await server.restart();
      return `server ${server.index}`;
    },
  },
  {
    name: 'pause-server',
    what: 'one of the servers is stopped with SIGSTOP for 3 to 5 s, longer than a timeout of its store',
    stores: ANY_STORE,
    async strike(target) {
      const server = anyServer(target);
      server.pause();
      try {
        await target.pause(between(target.random, 3000, 5000));
      } finally {
        server.resume();
      }
      return `server ${server.index}`;
    },
  },
  {
    name: 'clock-8',
    what: 'the clock of one server is 8 s ahead or behind, within the promise of 10 s',
    stores: ANY_STORE,
    clock: 8000,
  },
  {
    name: 'clock-60',
    what: 'the clock of one server is 60 s ahead or behind, outside the promise',
    stores: ANY_STORE,
    clock: 60_000,
    undoes: 'clock',
  },
];
