// A small service around a lifecycle file: what is rehearsed is that file, not this one.
// Its database is a TCP port that greets whoever connects.
import { createServer } from 'node:http';
import { connect } from 'node:net';

// Should the one who started us be gone, we end by ourselves.
const LONGEST_LIFE_MS = 30_000;
setTimeout(() => process.exit(70), LONGEST_LIFE_MS).unref();

const { withLifecycle } = await import(process.env.LIFECYCLE);

function greeted() {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(process.env.DEPENDENCY_PORT) });
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without a greeting')));
  });
}

// GET /wait/400 answers after 400 ms; /stream/400 begins its answer at once, and ends it then.
const server = createServer((request, response) => {
  const [, kind, milliseconds = '0'] = request.url.split('?')[0].split('/');
  response.statusCode = kind === 'wait' || kind === 'stream' ? 200 : 404;
  if (kind === 'stream') response.write('begun ');
  setTimeout(() => response.end('done'), Number(milliseconds));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => {
  process.stderr.write(`listening on ${server.address().port}\n`);
});
withLifecycle(server, { ready: greeted });
