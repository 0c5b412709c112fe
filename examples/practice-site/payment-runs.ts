/** Payments that wait to be released. Each is released once, whoever asks, and keeps what it was. */
import { randomBytes } from 'node:crypto';

export type PaymentRun = {
  number: string;
  payee: string;
  account: string;
  amount: number;
  released?: { transfer: string; reference: string };
};

const payees = [
  { payee: 'Saltmarsh Rope Works', account: 'HB-0042-7719-03', amount: 4_318.6 },
  { payee: 'Kestrel Sailmakers', account: 'HB-0042-1180-55', amount: 1_972.25 },
  { payee: 'Borealis Chandlery', account: 'HB-0071-3306-12', amount: 12_640 },
] as const;

const most = 1_000;
const firstRun = 118;
const firstTransfer = 88_040;

export type PaymentRuns = {
  /** a new one that waits */
  next(): PaymentRun;
  find(number: string): PaymentRun | undefined;
  /** false: it was released before, and stays as it was */
  release(run: PaymentRun, reference: string): boolean;
};

/** The oldest is forgotten when there are 1,000. */
export function createPaymentRuns(): PaymentRuns {
  const runs = new Map<string, PaymentRun>();
  let begun = 0;
  let released = 0;
  return {
    next() {
      const { payee, account, amount } = payees[begun % payees.length] ?? payees[0];
      const run: PaymentRun = { number: `PR-${firstRun + begun}`, payee, account, amount };
      begun += 1;
      const oldest = runs.keys().next().value;
      if (runs.size >= most && oldest !== undefined) runs.delete(oldest);
      runs.set(run.number, run);
      return run;
    },
    find: (number) => runs.get(number),
    release(run, reference) {
      if (run.released) return false;
      released += 1;
      run.released = { transfer: `TR-${firstTransfer + released}`, reference };
      return true;
    },
  };
}

const mostTokens = 50;

/** Tokens that the forms of one session carry: each is good for one sending, and every load of the page has another one. */
export class FormTokens {
  private readonly open = new Set<string>();

  issue(): string {
    const token = randomBytes(12).toString('hex');
    const oldest = this.open.values().next().value;
    if (this.open.size >= mostTokens && oldest !== undefined) this.open.delete(oldest);
    this.open.add(token);
    return token;
  }

  redeem(token: string | null): boolean {
    return token !== null && this.open.delete(token);
  }
}
