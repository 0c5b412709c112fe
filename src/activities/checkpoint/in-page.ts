/**
 * How a frame of the page is read and written. The functions of this folder that run in the page travel as text: they use nothing but their parameters, and
 * define no named functions within (development tools rewrite those). What they give is the page's own word; it only ever goes back to the same page.
 */
import type { Frame } from 'playwright';
import { elementAt, placeOf } from './places.ts';
import { focused } from './position.ts';
import { isServers, stateOf } from './read-fields.ts';
import { fillIn, write } from './write-fields.ts';

const tools = { placeOf, elementAt, focused, stateOf, isServers, fillIn, write };
/** What functions in the page may call. */
export type Tools = typeof tools;

const toolbox = `{ ${Object.entries(tools)
  .map(([name, tool]) => `${name}: ${tool.toString()}`)
  .join(', ')} }`;

/** What `work` gives in that frame. Arguments are data: JSON is inert in JavaScript. Rejects when the page throws; hangs when the page does. */
export function runIn<A, R>(frame: Frame, work: (argument: A, tools: Tools) => R, argument: A): Promise<R> {
  return frame.evaluate<R>(`(${work.toString()})(${JSON.stringify(argument)}, ${toolbox})`);
}
