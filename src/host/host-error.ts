/**
 * A refusal of the browser host. `code`: `fenced`, `stopped`, `not_open` (409), `lost` (410), `closed` (410, the job was closed while it waited for a
 * slot), `bad_request` (400), `launch_failed`, `ledger_unreadable`, `internal` (500), `unavailable` (503: nobody answers on the socket).
 */
export class HostError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message = code) {
    super(message);
    this.name = 'HostError';
    this.code = code;
    this.status = status;
  }
}
