/** Words of JavaScript and names that every blank page has: no variables of a runbook. */
const words = `
  await async break case class continue debugger default delete do else export extends false finally for from function get if import in instanceof
  new null of return set static super switch this throw true try typeof undefined void while with yield let const var catch
  Array ArrayBuffer BigInt Boolean DataView Date Error Float64Array Function Infinity Int32Array Intl Iterator JSON Map Math NaN Number Object Promise
  Proxy RangeError Reflect RegExp Set String Symbol SyntaxError TypeError URIError Uint8Array WeakMap WeakSet
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval globalThis isFinite isNaN parseFloat parseInt
  AbortController Blob DOMParser FormData Headers Node Event TextDecoder TextEncoder URL URLSearchParams XPathResult
  arguments atob btoa clearTimeout console crypto customElements document fetch history localStorage location navigator performance queueMicrotask
  screen self sessionStorage setInterval setTimeout structuredClone top window innerWidth innerHeight devicePixelRatio origin name length parent frames
`;

const known = new Set(words.split(/\s+/).filter(Boolean));

export const isGlobal = (name: string): boolean => known.has(name);
