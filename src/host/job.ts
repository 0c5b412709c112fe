/** One job at the host: its gate, its ledger, its browser, and who waits for what. */
import type { Vault } from '../vault/vault.ts';
import { apply, decideBegin, decideLost, decideReport, emptyGate, type Decision, type Entry, type Refusal, type Report, type World } from './gate.ts';
import { HostError } from './host-error.ts';
import type { JobBrowser } from './job-browser.ts';
import { openLedger } from './ledger.ts';
import type { Begin, Begun, HostValue } from './protocol.ts';

export type Job = ReturnType<typeof createJob>;

type JobOptions = { id: string; file: string; vault: Vault; epoch: () => number };

/** Opens the ledger, which is made when there is none. @throws HostError `ledger_unreadable` */
export function createJob({ id, file, vault, epoch }: JobOptions) {
  const ledger = openLedger(file, vault);
  const state = emptyGate();
  for (const entry of ledger.entries) apply(state, entry);
  const waiters = new Set<() => void>();
  let browser: JobBrowser | null = null;
  let untouched = true;

  const world = (): World => ({ epoch: epoch(), alive: browser !== null, now: new Date().toISOString() });
  const wake = (): void => {
    for (const waiter of [...waiters]) waiter();
  };
  const commit = (entries: Entry[]): void => {
    if (entries.length === 0) return;
    ledger.append(entries);
    for (const entry of entries) apply(state, entry);
    // never within a decision: a waiter decides anew and may commit itself
    queueMicrotask(wake);
  };
  const complete = ({ answer }: Decision): Begun | null => {
    if (answer?.go !== 'run') return answer;
    if (!browser) throw new Error('a step was let through without a browser');
    untouched = false;
    return { ...answer, endpoint: browser.endpoint, values: [...state.values.values()] };
  };
  const decide = (begin: Begin): Begun | null => {
    const decision = decideBegin(state, world(), begin);
    commit(decision.entries);
    return complete(decision);
  };

  return {
    id,
    state,
    wake,
    get browser() {
      return browser;
    },
    /** no step has begun in the browser */
    get fresh() {
      return untouched;
    },
    /** requests held at the gate */
    get held() {
      return waiters.size;
    },
    begin: (begin: Begin, signal: AbortSignal): Promise<Begun> => untilAnswered(() => decide(begin), waiters, signal),
    /** @throws HostError when the report is refused. Resolves when it is as durable as it has to be. */
    async report(report: Report): Promise<void> {
      const entries = decideReport(state, world(), report);
      if (typeof entries === 'string') throw refused(entries, id);
      commit(entries);
      if (report.verb === 'acting' && state.records.get(report.ref.instance)?.effect === 'once') await ledger.flush();
    },
    shut: (gen: number): void => (gen > state.shutGen ? commit([{ kind: 'shut', gen }]) : undefined),
    addValues: (values: HostValue[]): void => (values.length > 0 ? commit([{ kind: 'values', values }]) : undefined),
    /** Only names that are not there yet: what a step has captured since stays. */
    seedValues(values: HostValue[]): void {
      const missing = values.filter((value) => !state.values.has(value.name));
      if (missing.length > 0) commit([{ kind: 'values', values: missing }]);
    },
    setBrowser(next: JobBrowser): void {
      browser = next;
      untouched = true;
      wake();
    },
    /** The browser has gone: tells everyone who waits. */
    lose(): void {
      browser = null;
      commit(decideLost(state));
      wake();
    },
    /** Ends the browser and answers whoever waits; `forget` deletes the ledger. */
    async end({ forget }: { forget: boolean }): Promise<void> {
      const going = browser;
      browser = null;
      wake();
      if (forget) ledger.remove();
      else ledger.close();
      await going?.close();
    },
  };
}

const messages: Record<Refusal, string> = {
  fenced: 'Another worker has taken charge of this host.',
  stopped: 'The generation of this step is shut.',
  lost: 'The browser of this job is gone.',
  not_open: 'No attempt of this step runs.',
};

export const refused = (code: Refusal, jobId: string): HostError => new HostError(code, code === 'lost' ? 410 : 409, `${messages[code]} (job ${jobId})`);

/** Asks at once and after every change; an aborted request leaves. */
function untilAnswered(ask: () => Begun | null, waiters: Set<() => void>, signal: AbortSignal): Promise<Begun> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      waiters.delete(again);
      signal.removeEventListener('abort', leave);
      finish();
    };
    const leave = (): void => settle(() => reject(signal.reason as Error));
    const again = (): void => {
      try {
        const answer = ask();
        if (answer) settle(() => resolve(answer));
      } catch (error) {
        settle(() => reject(error as Error));
      }
    };
    waiters.add(again);
    signal.addEventListener('abort', leave, { once: true });
    again();
  });
}
