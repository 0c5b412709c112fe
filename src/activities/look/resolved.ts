/** What a step will use, with every template filled in: exactly what its handler gets, since both fill from the same memory. */
import { parseTemplate, references, hasExpression } from '../../domain/bindings.ts';
import type { Action, Selector } from '../../contract/action.ts';
import { fillSelector } from '../selectors/fill-selector.ts';
import type { StepContext } from '../step-context.ts';
import type { Values } from '../values.ts';

/**
 * `secret`: nobody may see it as it is. `derived`: masking known values does not make it fit to be seen either, since an expression has made something else
 * of a sensitive value, or the value is too short to be masked.
 */
export type Resolved = { name: string; value: string; secret: boolean; derived: boolean };
export type Resolving = Pick<StepContext, 'fill' | 'address' | 'values' | 'waiting' | 'staging'> & { redact: (text: string) => string };

const shortestMasked = 3;

/** @throws StepFailure as filling in the templates does */
export async function resolveStep(action: Action, context: Resolving): Promise<Resolved[]> {
  const resolved: Resolved[] = [];
  for (const [name, template] of templatesOf(action)) {
    const value = await valueOf({ action, name, template }, context);
    resolved.push({ name, value, ...secrecy(template, value, context) });
  }
  return [...resolved, ...(await uploaded(action, context))];
}

/** The files of an upload, by name, size and content: another content is another upload. */
async function uploaded(action: Action, { fill, staging, waiting, redact }: Resolving): Promise<Resolved[]> {
  if (action.type !== 'upload') return [];
  const files = await staging.files(action, fill, waiting);
  return files.flatMap(({ name, bytes, sha256 }, nth) => {
    const label = files.length === 1 ? '' : ` ${nth + 1}`;
    const told = `${name} (${bytes} bytes)`;
    const open = { derived: false };
    return [
      { name: `file${label}`, value: told, secret: redact(told) !== told, ...open },
      { name: `sha256${label}`, value: sha256, secret: false, ...open },
    ];
  });
}

function templatesOf(action: Action): [name: string, template: string][] {
  const fields = ['url', 'value', 'optionText', 'key', 'text', 'script'] as const;
  return fields.flatMap((field): [string, string][] => {
    const template: unknown = field in action ? action[field as keyof Action] : undefined;
    return typeof template === 'string' ? [[field, template]] : [];
  });
}

type Field = { action: Action; name: string; template: string };

async function valueOf({ action, name, template }: Field, { fill, address, values }: Resolving): Promise<string> {
  if (action.type === 'navigate') return (await address(template)).href;
  // in a script only names are filled in: braces in braces are more likely JavaScript
  if (name === 'script') return hasExpression(template) ? template : rendered(template, values);
  return fill(template);
}

const rendered = (script: string, values: Values): string =>
  parseTemplate(script)
    .map((token) => ('name' in token ? (values.get(token.name) ?? '') : 'text' in token ? token.text : ''))
    .join('');

export function secrecy(
  template: string,
  value: string,
  { values, redact }: Pick<Resolving, 'values' | 'redact'>,
): Omit<Resolved, 'name' | 'value'> {
  const named = references(template).filter((name) => values.isSensitive(name));
  const short = named.some((name) => (values.get(name) ?? '').length < shortestMasked);
  const derived = short || isSecret(value, values) || (named.length > 0 && hasExpression(template));
  return { secret: derived || named.length > 0 || redact(value) !== value, derived };
}

/** Is one of the sensitive values, which may be too short for a mask. */
export const isSecret = (value: string, values: Values): boolean => values.secrets().some((secret) => secret === value.trim());

/** What the runbook calls the element, for when it is not there to tell its name. */
export async function wantedName(action: Action, context: Resolving): Promise<Resolved | undefined> {
  const selector = 'selector' in action ? action.selector : undefined;
  if (!selector) return undefined;
  const filled = await fillSelector(selector, context.fill);
  const fields: (keyof Selector)[] = [
    'ariaLabel',
    'labelText',
    'innerText',
    'placeholder',
    'name',
    'dataTestId',
    'id',
    'cssSelector',
    'xPath',
  ];
  const name = fields.find((field) => filled[field] !== undefined);
  const [template, value] = name ? [selector[name], filled[name]] : [];
  if (typeof template !== 'string' || typeof value !== 'string') return undefined;
  return { name: 'element', value, ...secrecy(template, value, context) };
}
