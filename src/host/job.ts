/** One job at the host: its gate, its ledger, its browser, and who waits for what. */
import { secretTexts } from '../domain/secret-texts.ts';
import type { Vault } from '../vault/vault.ts';
import {
  apply,
  decideBegin,
  decideLost,
  decideReport,
  emptyGate,
  running,
  seedOf,
  type Entry,
  type GateState,
  type Refusal,
  type Report,
  type World,
} from './gate.ts';
import { keptOf } from './earlier.ts';
import { HostError } from './host-error.ts';
import type { JobBrowser } from './job-browser.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { isList, itemAt } from './lists.ts';
import { mostAppended, type Begin, type Begun, type Call, type Collections, type HostValue } from './protocol.ts';
import { untilAnswered } from './until-answered.ts';

type JobOptions = { id: string; file: string; vault: Vault; epoch: () => number };

export class Job {
  readonly id: string;
  readonly state: GateState = emptyGate();
  readonly #ledger: Ledger;
  readonly #epoch: () => number;
  readonly #waiters = new Set<() => void>();
  #browser: JobBrowser | null = null;
  #fresh = true;

  /** Opens the ledger, which is made when there is none. @throws HostError `ledger_unreadable` */
  constructor({ id, file, vault, epoch }: JobOptions) {
    this.id = id;
    this.#epoch = epoch;
    this.#ledger = openLedger(file, vault);
    for (const entry of this.#ledger.entries) apply(this.state, entry);
  }

  get browser(): JobBrowser | null {
    return this.#browser;
  }
  /** no step has begun in the browser */
  get fresh(): boolean {
    return this.#fresh;
  }
  /** requests held at the gate */
  get held(): number {
    return this.#waiters.size;
  }

  begin(begin: Begin, signal: AbortSignal): Promise<Begun> {
    return untilAnswered(() => this.#decide(begin), this.#waiters, signal);
  }

  /** @throws HostError when the report is refused. Resolves when it is as durable as it has to be. */
  async report(report: Report): Promise<void> {
    const entries = decideReport(this.state, this.#world(), report);
    if (typeof entries === 'string') throw refused(entries, this.id);
    this.#commit(entries);
    if (report.verb !== 'acting') this.#browser?.dialogs.end();
    if (report.verb === 'acting' && this.state.records.get(report.ref.instance)?.effect === 'once') await this.#ledger.flush();
  }

  isRunning(instance: number): boolean {
    const state = this.state.records.get(instance)?.state;
    return state === 'open' || state === 'acting';
  }

  shut(gen: number): void {
    if (gen > this.state.shutGen) this.#commit([{ kind: 'shut', gen }]);
  }

  /** Texts that no picture may show. */
  #coverSecrets(): void {
    this.#browser?.capture.cover([...this.state.earlier.recent, ...secretTexts(this.state.values.values())]);
  }

  #tellRecorder(): void {
    const recorder = this.#browser?.recorder;
    if (!recorder) return;
    const { open, acting } = running(this.state, this.#epoch());
    recorder.working(open.length + acting.length > 0);
  }

  addValues(values: HostValue[]): void {
    if (values.length > 0) this.#commit([{ kind: 'values', values }]);
  }

  /** Only names that are not there yet: what a step has captured since stays. */
  seedValues(values: HostValue[]): void {
    this.addValues(values.filter((value) => !this.state.values.has(value.name)));
  }

  /** Texts that nobody may see, though they are no values. */
  mask(texts: string[]): void {
    const unknown = texts.filter((text) => !this.state.earlier.all.has(text));
    if (unknown.length > 0) this.#commit([{ kind: 'earlier', texts: unknown }]);
  }

  /** Only collections that are not there yet. */
  seedCollections(collections: Collections): void {
    const entry = seedOf(this.state, collections);
    if (entry.kind === 'collections' && entry.appends.length > 0) this.#commit([entry]);
  }

  /** What is kept for when the job has to come back in another browser. */
  get kept(): Pick<Call['keep'][1], 'values' | 'collections' | 'earlier'> {
    const { values, collections, earlier } = this.state;
    return { values: [...values.values()], collections: Object.fromEntries(collections), earlier: keptOf(earlier) };
  }

  item(list: string, index: number): Call['item'][1] {
    const value = this.state.values.get(list);
    return value ? itemAt(value, index) : { total: null };
  }

  setBrowser(browser: JobBrowser): void {
    this.#browser = browser;
    this.#fresh = true;
    this.#coverSecrets();
    this.#tellRecorder();
    this.wake();
  }

  /** The browser has gone: tells everyone who waits. */
  lose(): void {
    this.#browser = null;
    this.#commit(decideLost(this.state));
    this.wake();
  }

  /** Ends the browser and answers whoever waits; `forget` deletes the ledger. */
  async end({ forget }: { forget: boolean }): Promise<void> {
    const browser = this.#browser;
    this.#browser = null;
    this.wake();
    if (forget) this.#ledger.remove();
    else this.#ledger.close();
    // with what steps have captured up to now, also what was replaced since
    await browser?.recorder?.stop([...this.state.earlier.all, ...secretTexts(this.state.values.values())]);
    await browser?.close();
  }

  /** Whoever is held at the gate asks again. */
  wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #world(): World {
    return { epoch: this.#epoch(), alive: this.#browser !== null, now: new Date().toISOString() };
  }

  #decide(begin: Begin): Begun | null {
    const { answer, entries } = decideBegin(this.state, this.#world(), begin);
    this.#commit(entries);
    if (answer?.go !== 'run') return answer;
    if (!this.#browser) throw new Error('a step was let through without a browser');
    this.#fresh = false;
    this.#browser.dialogs.begin();
    this.#browser.downloads.begin();
    const values = [...this.state.values.values()].filter(({ name }) => !isList(name));
    const earlier = this.state.earlier.recent;
    const room = Math.max(0, mostAppended - this.state.appended);
    return { ...answer, endpoint: this.#browser.endpoint, values, ...(earlier.length > 0 && { earlier }), room };
  }

  /** First the file, then the state: what could not be written has not happened. */
  #commit(entries: Entry[]): void {
    if (entries.length === 0) return;
    this.#ledger.append(entries);
    for (const entry of entries) apply(this.state, entry);
    if (entries.some(bringsSecrets)) this.#coverSecrets();
    this.#tellRecorder();
    // never within a decision: a waiter decides anew and may commit itself
    queueMicrotask(() => this.wake());
  }
}

const bringsSecrets = (entry: Entry): boolean =>
  entry.kind === 'earlier' ||
  (entry.kind === 'values' && entry.values.some(({ sensitive }) => sensitive)) ||
  (entry.kind === 'record' && (entry.captures ?? []).some(({ sensitive }) => sensitive));

const messages: Record<Refusal, string> = {
  fenced: 'Another worker has taken charge of this host.',
  stopped: 'The generation of this step is shut.',
  lost: 'The browser of this job is gone.',
  not_open: 'No attempt of this step runs.',
};

export const refused = (code: Refusal, jobId: string): HostError =>
  new HostError(code, code === 'lost' ? 410 : 409, `${messages[code]} (job ${jobId})`);
