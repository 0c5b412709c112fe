/** One line per step of the set-up, with its time. */

/**
 * @param {string} name
 * @param {() => Promise<string> | string} work gives what the line says
 * @returns {Promise<void>}
 */
export async function step(name, work) {
  const began = performance.now();
  const said = await work();
  console.log(`  ${name.padEnd(10)} ${said.padEnd(62)} ${seconds(performance.now() - began)}`);
}

/** Says that something that takes long has begun. @param {string} text */
export const note = (text) => console.log(`  ${' '.repeat(10)} … ${text}`);

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(ms < 9950 ? 2 : 0)} s`;
