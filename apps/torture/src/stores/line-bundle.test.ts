import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleOf, LineBundle } from './line-bundle.ts';

describe('a line to a store', () => {
  let server: Server;
  let lines: LineBundle;
  let client: Socket;
  let accepted: Socket;
  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    lines = bundleOf(await LineBundle.openAll(1, [port]), 0);
    client = connect({ port: lines.ports[0] ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    const accepting = once(server, 'connection');
    await once(client, 'connect');
    [accepted] = await accepting;
    for (const socket of [client, accepted]) socket.setEncoding('utf8').setNoDelay(true);
  });
  afterEach(async () => {
    client.destroy();
    accepted.destroy();
    await lines.stop();
    server.close();
  });

  it('brings what was delayed before what came after the line was mended', async () => {
    lines.delay(50);
    client.write('first ');
    // What was sent must have reached the line before it is mended; the way back shows that.
    let received = '';
    accepted.on('data', (chunk) => {
      received += chunk;
    });
    await once(accepted, 'data');
    client.write('second ');
    accepted.write('seen');
    await once(client, 'data');
    lines.mend();
    client.end('third');
    await once(accepted, 'end');
    expect(received).toBe('first second third');
  });

  it('ends one direction only when it is half closed', async () => {
    lines.halfClose('client');
    client.resume();
    await once(client, 'end');
    client.write('still there');
    expect(await once(accepted, 'data')).toEqual(['still there']);
  });

  it('resets connections when it is broken', async () => {
    lines.cut('broken');
    client.resume();
    await once(client, 'end');
    const late = connect(lines.ports[0] ?? 0, '127.0.0.1');
    late.resume();
    await once(late, 'close');
    expect(late.bytesRead).toBe(0);
  });
});
