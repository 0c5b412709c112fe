/** Server-sent events on one response, by better-sse; clients that do not read are let go. */
import type { Request, Response } from 'express';
import { createEventBuffer, createSession, type Session } from 'better-sse';

const heartbeatMs = 15_000;
const retryMs = 1_000;
/** A client that is this far behind is disconnected; it comes back and resumes by Last-Event-ID. */
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

function toStream(session: Session, res: Response): EventStream {
  const ready = (): boolean => {
    if (!session.isConnected || res.destroyed || res.writableEnded) return false;
    // Looked at before the write: a large snapshot alone is no sign of a slow reader.
    if (res.writableLength <= backlogBytes) return true;
    res.destroy();
    return false;
  };
  // a client that goes away in the middle of a write, also of a heartbeat, is no fault of this process
  res.on('error', () => undefined);
  const pending = new Map<string, Buffer>();
  const write = (message: Buffer): void => {
    if (ready()) res.write(message);
  };
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
    push(event, data, id) {
      if (ready()) session.push(data, event, id);
    },
    tell(event, data) {
      if (ready()) void session.batch(createEventBuffer().event(event).data(data).dispatch());
    },
    onClose(listener) {
      if (res.destroyed || res.closed) listener();
      else res.once('close', listener);
    },
    end: () => void res.end(),
  };
}
