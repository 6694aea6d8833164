import type { Server } from 'node:http';

/** How long answers under way may take once the process was asked to stop, in milliseconds. */
const STOPPING = 3000;

/** What is said and done around a server. */
export interface Serving {
  /** What it is, for the printed line. */
  readonly name: string;
  /** Lets go of what the server used, after its last answer. */
  readonly onStopped: () => void | Promise<void>;
}

/** Prints the address as soon as the server answers, and stops it on Ctrl-C and on SIGTERM. A second signal ends the process at once. */
export function announce(server: Server, { name, onStopped }: Serving): void {
  server.once('listening', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    console.log(`${name} is open on http://localhost:${port}`);
    console.log(`Switches, and help for Safari: http://localhost:${port}/help`);
  });
  server.once('error', (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    console.error(isTaken ? 'The port is taken. Set PORT to another: PORT=3001 npm start' : error.message);
    process.exitCode = 1;
    void onStopped();
  });
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, stop);
    const impatient = setTimeout(() => server.closeAllConnections(), STOPPING);
    server.close(() => {
      clearTimeout(impatient);
      void onStopped();
    });
    server.closeIdleConnections();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
