/** Names of files in an archive of a job's artifacts: safe on every system, unique also where case does not count, and in the order of the steps. */
import type { Artifact } from '../contract/artifact.ts';
import type { StepExecutionResult } from '../contract/report.ts';

const folders: Record<Artifact['kind'], string> = {
  screenshot: 'screenshots',
  download: 'downloads',
  export: 'exports',
  video: 'recordings',
  trace: 'recordings',
  snapshot: 'pages',
};

const longest = 100;
/** What Windows takes for devices, whatever the extension. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** The last part of a name that may be a path, without what some system cannot have. */
export function safeName(name: string): string {
  const plain = name
    .replace(/^.*[\\/]/s, '')
    .normalize('NFC')
    .replace(/\p{Surrogate}/gu, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const short = shorten(plain || 'file', longest);
  return reserved.test(short) ? `_${short}` : short;
}

/** `dot` below 1: no extension. */
function split(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot < 1 || name.length - dot > 12 ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

function shorten(name: string, most: number): string {
  const [stem, extension] = split(name);
  const characters = [...stem];
  return characters.length + extension.length <= most ? name : characters.slice(0, most - extension.length).join('') + extension;
}

const reasons: Partial<Record<NonNullable<NonNullable<Artifact['detail']>['because']>, string>> = {
  failure: 'failed',
  approval: 'asked',
  wait: 'waiting',
  end: 'at the end',
};

/** Pictures that belong to no step: the page as the job left it comes last. */
const numberOf = (step: StepExecutionResult | undefined, because: string | undefined): string =>
  step ? String(step.ordinal).padStart(3, '0') : because === 'end' ? '999' : '000';

const wordsOf = (description: string): string => description.replace(/[\\/]/g, ' ').slice(0, 60).trim();

/** Of a picture or a page: the number of its step, so that a list by name is in the order of the steps. */
function nameOf(artifact: Artifact, steps: ReadonlyMap<string, StepExecutionResult>): string {
  if (artifact.kind !== 'screenshot' && artifact.kind !== 'snapshot') return artifact.name;
  const [stem, extension] = split(safeName(artifact.name));
  const step = artifact.stepId === null ? undefined : steps.get(artifact.stepId);
  const { because, iterations = [] } = artifact.detail ?? {};
  const times = iterations.length > 0 ? ` (${iterations.map((n) => n + 1).join('.')})` : '';
  const reason = because && reasons[because];
  return `${numberOf(step, because)} ${step ? wordsOf(step.description) : stem}${times}${reason ? ` - ${reason}` : ''}${extension}`;
}

/** Artifact and path in the archive, in the order in which they should stand there. */
export function archiveNames(
  artifacts: readonly Artifact[],
  steps: readonly StepExecutionResult[],
): { artifact: Artifact; path: string }[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const taken = new Set<string>();
  return artifacts.map((artifact) => ({ artifact, path: unique(folders[artifact.kind], safeName(nameOf(artifact, byId)), taken) }));
}

function unique(folder: string, name: string, taken: Set<string>): string {
  const [stem, extension] = split(name);
  for (let n = 1; ; n += 1) {
    const path = `${folder}/${n === 1 ? name : `${stem} (${n})${extension}`}`;
    const key = path.normalize('NFKC').toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return path;
  }
}
