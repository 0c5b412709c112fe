/** Who is logged in, and what they ordered: in memory, one entry per session cookie. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FormTokens } from './payment-runs.ts';

export type Order = {
  number: string;
  product: string;
  quantity: number;
  delivery: string;
  date: string;
  contact: string;
  notes: string;
  insured: boolean;
  total: number;
};
/** `run`: number of the payment run that this session has opened and not released */
export type Session = { id: string; user: string; orders: Order[]; tokens: FormTokens; run?: string };

const cookieName = 'harbour_session';
const most = 500;
const firstOrder = 5_301;

export type Sessions = {
  begin(user: string): { session: Session; cookie: string };
  of(request: IncomingMessage): Session | undefined;
  end(session: Session): string;
  /** logs everybody out */
  expire(): void;
  orderNumber(): string;
};

/** The oldest session is forgotten when there are 500. */
export function createSessions(): Sessions {
  const open = new Map<string, Session>();
  let ordered = 0;
  return {
    begin(user) {
      const session = { id: randomBytes(16).toString('hex'), user, orders: [], tokens: new FormTokens() };
      const oldest = open.keys().next().value;
      if (open.size >= most && oldest !== undefined) open.delete(oldest);
      open.set(session.id, session);
      return { session, cookie: `${cookieName}=${session.id}; HttpOnly; SameSite=Lax; Path=/` };
    },
    of(request) {
      const id = new RegExp(`(?:^|; )${cookieName}=([0-9a-f]{32})`).exec(request.headers.cookie ?? '')?.[1];
      return id === undefined ? undefined : open.get(id);
    },
    end(session) {
      open.delete(session.id);
      return `${cookieName}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0`;
    },
    expire: () => open.clear(),
    orderNumber() {
      ordered += 1;
      return `HS-${firstOrder + ordered}`;
    },
  };
}
