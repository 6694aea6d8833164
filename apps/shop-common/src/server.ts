import type { Server } from 'node:http';

/** How long open requests may take after the process was asked to stop, in milliseconds. */
const STOPPING = 3000;

/** Describes a server to {@link announce}. */
export interface Serving {
  /** The name to print. */
  readonly name: string;
  /** Releases what the server used, after its last response. */
  readonly onStopped: () => void | Promise<void>;
}

/** Prints the URL when the server is listening, and stops it on Ctrl-C and SIGTERM. A second signal ends the process at once. */
export function announce(server: Server, { name, onStopped }: Serving): void {
  server.once('listening', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    console.log(`${name} is open on http://localhost:${port}`);
    console.log(`Settings, and help for Safari: http://localhost:${port}/help`);
  });
  server.once('error', (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    console.error(
      isTaken ? 'The port is already in use. Choose another one: PORT=3001 npm start' : error.message,
    );
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
