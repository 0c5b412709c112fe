/** Server-sent events on one response, by better-sse; clients that do not read are let go. */
import type { Request, Response } from 'express';
import { createEventBuffer, createSession, type Session } from 'better-sse';

const heartbeatMs = 15_000;
const retryMs = 1_000;
/** A client that is this far behind is disconnected, see `createBacklog`; it comes back and resumes by Last-Event-ID. */
const backlogBytes = 1_048_576;

export type EventStream = {
  /** what the client had when it was connected last; empty at first */
  readonly lastId: string;
  push: (event: string, data: unknown, id: string) => void;
  /** What is true only now: no id, so that nobody resumes there. */
  tell: (event: string, data: unknown) => void;
  /**
   * A whole message as it goes over the wire, of which only the newest counts: for a client that reads slowly it is kept, by reference, until the client has caught up or a
   * newer one has come. `kind`: those of one kind replace each other.
   */
  show: (kind: string, message: Buffer) => void;
  /** What of that kind waits for a slow client counts no more. */
  drop: (kind: string) => void;
  readonly ended: boolean;
  onClose(listener: () => void): void;
  end(): void;
};

/** A client that is this far behind gets no pictures. */
const slowBytes = 131_072;

/** All open streams, so that they can be ended together when the process stops. */
export type StreamHub = { open(req: Request, res: Response): Promise<EventStream>; readonly size: number; close(): void };

export function createStreamHub(): StreamHub {
  const responses = new Set<Response>();
  return {
    async open(req, res) {
      responses.add(res);
      res.once('close', () => responses.delete(res));
      const headers = { 'Cache-Control': 'no-cache, no-store, no-transform', 'X-Accel-Buffering': 'no' };
      const session = await createSession(req, res, { keepAlive: heartbeatMs, retry: retryMs, headers });
      return toStream(session, res);
    },
    get size() {
      return responses.size;
    },
    close() {
      for (const res of responses) res.end();
    },
  };
}

/**
 * What waits for a client. The most that was written at once since it had everything does not count: however fast a client reads, a large snapshot waits for a moment,
 * and what comes behind it meanwhile is no sign of a slow reader.
 */
function createBacklog(res: Response): { tooLong(): boolean; writing(write: () => void): void } {
  let [atOnce, most] = [0, 0];
  res.on('drain', () => (most = 0));
  return {
    tooLong: () => res.writableLength - most > backlogBytes,
    writing(write) {
      const before = res.writableLength;
      // nobody can have read anything of it within one turn
      if (atOnce === 0) setImmediate(() => (atOnce = 0));
      write();
      atOnce += res.writableLength - before;
      most = Math.max(most, atOnce);
    },
  };
}

function toStream(session: Session, res: Response): EventStream {
  const backlog = createBacklog(res);
  const send = (write: () => void): void => {
    if (!session.isConnected || res.destroyed || res.writableEnded) return;
    if (backlog.tooLong()) res.destroy();
    else backlog.writing(write);
  };
  // a client that goes away in the middle of a write, also of a heartbeat, is no fault of this process
  res.on('error', () => undefined);
  const pending = new Map<string, Buffer>();
  const write = (message: Buffer): void => send(() => res.write(message));
  res.on('drain', () => {
    const messages = [...pending.values()];
    pending.clear();
    messages.forEach(write);
  });
  return {
    lastId: session.lastId,
    show(kind, message) {
      pending.delete(kind);
      if (res.writableLength < slowBytes) write(message);
      else pending.set(kind, message);
    },
    drop: (kind) => void pending.delete(kind),
    get ended() {
      return res.writableEnded || res.destroyed;
    },
    push: (event, data, id) => send(() => session.push(data, event, id)),
    tell: (event, data) => send(() => void session.batch(createEventBuffer().event(event).data(data).dispatch())),
    onClose(listener) {
      if (res.destroyed || res.closed) listener();
      else res.once('close', listener);
    },
    end: () => void res.end(),
  };
}
