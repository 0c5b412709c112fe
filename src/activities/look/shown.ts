/** Facts as a person sees them: masked, named once, cut. */
import type { Evidence, EvidenceValue } from '../../contract/approval.ts';
import { parseTemplate, references } from '../../domain/bindings.ts';
import type { Values } from '../values.ts';
import { destinationOf, intoPassword, isPassword, tellSentence, tellTarget, type Facts, type Telling } from './facts.ts';
import { isSecret, type Resolved } from './resolved.ts';
import type { SceneElement } from './scene.ts';
import { isTick, nameOf, tidy } from './words.ts';

const mostValues = 60;
const longestValue = 500;
const longestName = 200;
const macLength = 16;
const mask = '•••';

export type Showing = {
  values: Values;
  redact: (text: string) => string;
  mac: (text: string) => string;
  lastGood: Readonly<Record<string, string>>;
};

type Told = Pick<Evidence, 'sentence' | 'target' | 'values'>;

export function show(facts: Facts, showing: Showing): Told {
  const telling = maskedly(showing);
  const values = [
    ...facts.resolved.map((value) => ofStep({ ...value, secret: value.secret || intoPassword(facts, value) }, showing)),
    ...destination(facts, showing),
    ...ofForm(facts, showing),
    ...ofJob(facts, showing),
  ];
  return { sentence: tellSentence(facts, telling), target: tellTarget(facts, telling), values: values.slice(0, mostValues) };
}

/** A value that is not there to be read is not told in sentences either; one that can be masked is, masked. */
const maskedly = ({ redact, values }: Showing): Telling => ({
  text: (text) => (isSecret(text, values) ? mask : redact(text)),
  resolved: ({ value, derived }) => (derived ? mask : redact(value)),
  isHidden: ({ name, secret, derived }) => (name === 'url' ? derived : secret),
});

const ofStep = ({ name, value, secret }: Resolved, showing: Showing): EvidenceValue => ({
  name,
  from: 'step',
  ...(secret ? hidden(value, showing) : { value: cut(value) }),
});

const hidden = (value: string, { mac }: Showing): Pick<EvidenceValue, 'value' | 'mac'> => ({
  value: null,
  mac: mac(value).slice(0, macLength),
});

function cut(value: string): string {
  return value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
}

const destinationName = 'Leads to';

function destination(facts: Facts, { redact }: Showing): EvidenceValue[] {
  const value = redact(destinationOf(facts));
  return value === '' ? [] : [{ name: destinationName, from: 'form', value: cut(value) }];
}

/** Two fields of one name would pass for one, and so would a field that calls itself what only we say. */
function ofForm({ scene }: Facts, showing: Showing): EvidenceValue[] {
  const seen = new Map<string, number>([[destinationName, 1]]);
  return (scene?.fields ?? []).map((field) => {
    const name = fieldName(field, showing);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const value = isHiddenField(field, showing)
      ? hidden(JSON.stringify([field.value, field.length]), showing)
      : { value: cut(field.value) };
    return { name: times === 1 ? name : `${name} (${times})`, from: 'form', ...value };
  });
}

const fieldName = (field: SceneElement, { redact, values }: Showing): string => {
  const name = nameOf(field);
  return (isSecret(name, values) ? mask : redact(name)).slice(0, longestName) || field.type || 'field';
};

/** A value that is cut may end in the middle of a secret, which no mask would find. */
function isHiddenField(field: SceneElement, { redact, values }: Showing): boolean {
  const { value, length } = field;
  if (isPassword(field) || (length > value.length && values.secrets().length > 0)) return true;
  return !isTick(field) && (isSecret(value, values) || redact(value) !== value || redact(tidy(value)) !== tidy(value));
}

function ofJob({ job }: Facts, showing: Showing): EvidenceValue[] {
  return job.map(({ name, value, sensitive }) => {
    if (sensitive || isSecret(value, showing.values) || showing.redact(value) !== value)
      return { name, from: 'job', ...hidden(value, showing) };
    const last = Object.hasOwn(showing.lastGood, name) ? showing.lastGood[name] : undefined;
    return {
      name,
      from: 'job',
      value: cut(value),
      ...(last !== undefined && last !== value && { lastGoodRun: cut(showing.redact(last)) }),
    };
  });
}

/** The runbook's message: what is made of a sensitive value is masked even where no mask would recognise it. */
export async function tellMessage(template: string, fill: (template: string) => Promise<string>, showing: Showing): Promise<string> {
  const isSensitive = (name: string): boolean => showing.values.isSensitive(name);
  const parts = parseTemplate(template).map(async (token) => {
    if ('text' in token) return token.text;
    const inner = `{{ ${'name' in token ? token.name : token.expression} }}`;
    if (references(inner).some(isSensitive)) return mask;
    return fill(inner);
  });
  return cut(showing.redact((await Promise.all(parts)).join('')));
}
