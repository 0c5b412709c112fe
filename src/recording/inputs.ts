/** What was typed becomes variables: fixed ones that can be edited, or, where it is secret, ones that are asked for. */
import type { Selector as Alternatives } from '@puppeteer/replay';
import type { Found } from './selectors.ts';

export type Input = { name: string; description: string; value: string | null };

const secretWords: ReadonlySet<string> = new Set(['pin', 'otp', 'totp', 'mfa', 'tan', 'cvv', 'cvc', 'csc', 'pwd', 'pw', 'pass', '2fa']);
const secretParts = /password|passwort|passwd|passcode|passphrase|kennwort|secret|token|credential|apikey/;
const longestName = 40;
/** They cannot be names in a runbook. */
const reserved: ReadonlySet<string> = new Set(['constructor', 'prototype', '__proto__']);

/** `newPassword`, `new-password` and “New password” are two words each. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

const isSecretWord = (word: string): boolean => secretWords.has(word) || secretParts.test(word);

/** The element, by any of its names, is one for secrets. */
export function isSecret(selectors: readonly Alternatives[], found: Found): boolean {
  const texts = [...selectors.flat(), found.aria?.name ?? '', found.text ?? ''];
  return texts.some((text) => {
    const words = wordsOf(text);
    return words.some(isSecretWord) || secretParts.test(words.join(''));
  });
}

function identifier(text: string): string {
  const [first = '', ...rest] = wordsOf(text);
  const joined = (first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')).slice(0, longestName);
  if (reserved.has(joined)) return `${joined}Value`;
  return /^\d/.test(joined) ? `value${joined}` : joined;
}

function nameOf({ aria, selector }: Found): string {
  const { id, name, dataTestId, cssSelector } = selector;
  const attribute = /\[(?:name|aria-label|placeholder)=["']([^"']+)["']/.exec(cssSelector ?? '')?.[1];
  const candidates = [aria?.name, name, id, dataTestId, attribute].map((text) => identifier(text ?? ''));
  return candidates.find((text) => text !== '') ?? 'value';
}

/** Shorter ones would be found in every address. */
const shortestHidden = 4;

export class Inputs {
  readonly #inputs = new Map<string, Input>();
  readonly #secrets = new Map<string, string>();

  /** Every secret of the recording: the same text in another field is no less one. */
  knowSecret(value: string): void {
    this.#secrets.set(value, '');
  }

  /** The name of the variable. Typing the same into a field of the same name gives the same variable. */
  add(found: Found, value: string, label: string): string {
    const secret = this.#secrets.has(value);
    const wanted = nameOf(found);
    let name = wanted;
    for (let n = 2; this.#inputs.has(name) && !this.#isSame(name, value); n += 1) name = `${wanted}${n}`;
    this.#inputs.set(name, { name, description: label, value: secret ? null : value });
    if (secret) this.#secrets.set(value, name);
    return name;
  }

  #isSame(name: string, value: string): boolean {
    const known = this.#inputs.get(name);
    return known?.value === value || (known?.value === null && this.#secrets.get(value) === name);
  }

  /** Secrets in an address become their variables. */
  hide(text: string): string {
    return [...this.#secrets].reduce((hidden, [value, name]) => {
      if (name === '' || value.length < shortestHidden) return hidden;
      return hidden.replaceAll(value, `{{${name}}}`).replaceAll(encodeURIComponent(value), `{{${name}}}`);
    }, text);
  }

  list(): Input[] {
    return [...this.#inputs.values()];
  }
}
