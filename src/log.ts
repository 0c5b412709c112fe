import { pino, type Logger } from 'pino';

export type Log = Logger;

/** JSON lines on stdout. `name` is the process; secrets must be masked before they come here. */
export const createLog = (name: string, level: string): Log => pino({ name, level, base: { name } });
