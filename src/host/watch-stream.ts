/** POST /watch: an answer without end, one JSON document a line. */
import type { ServerResponse } from 'node:http';
import type { HostLiveMessage } from './protocol.ts';
import type { LiveListener } from './live-jobs.ts';

/** A reader that is this far behind gets no frames until it has caught up; then the newest. */
const backlogBytes = 262_144;

/** One that does not even take what is small is given up. */
const mostBytes = 2_097_152;

/** Sends what is told until the reader goes away. `watch` returns what ends it. */
export function streamTo(response: ServerResponse, watch: (listener: LiveListener) => () => void): void {
  let pending: HostLiveMessage | undefined;
  const write = (message: HostLiveMessage): void => {
    if (response.writableLength > mostBytes) response.destroy();
    else response.write(`${JSON.stringify(message)}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  const leave = watch((message) => {
    // a picture that waits would come after what says that it counts no more
    if (message.type === 'forget' || (message.type === 'state' && message.state === 'none')) pending = undefined;
    if (message.type !== 'frame' || response.writableLength < backlogBytes) write(message);
    else pending = message;
  });
  response.on('drain', () => {
    if (pending) write(pending);
    pending = undefined;
  });
  if (response.closed) leave();
  else response.on('close', leave);
}
