/** A report as one HTML file: the pictures are put into the document one by one, while it is being read. */
import { buffer } from 'node:stream/consumers';
import type { Artifact } from '../contract/artifact.ts';
import type { ExecutionReport } from '../contract/report.ts';
import { archiveNames } from './archive-names.ts';
import type { ArtifactReader } from './dependencies.ts';
import { openWhole } from './whole-artifact.ts';

/** More would make a document that nobody can open. */
const mostPictures = 300;
const largestPicture = 10_000_000;
const pictures = new Set(['image/jpeg', 'image/png', 'image/webp']);

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** In the place of a picture: a line of text that says why it is not there. */
function note(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="44"><rect width="640" height="44" fill="#eee"/><text x="12" y="27" font-family="sans-serif" font-size="13" fill="#333">${escaped}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

/** Pieces of the document, in order. `html`: what the renderer gives for the report. A picture that cannot be had says so in its place. */
export async function* reportHtml(report: ExecutionReport, html: string, store: ArtifactReader): AsyncGenerator<string> {
  const paths = new Map(archiveNames(report.artifacts, report.steps).map(({ artifact, path }) => [artifact.id, { artifact, path }]));
  let at = 0;
  let shown = 0;
  for (const match of html.matchAll(/\ssrc="artifact:([\w-]{1,100})"/g)) {
    yield html.slice(at, match.index);
    const found = paths.get(match[1] ?? '');
    yield ` src="${await sourceOf(found, { store, mayShow: shown < mostPictures })}"`;
    shown += 1;
    at = match.index + match[0].length;
  }
  yield html.slice(at);
}

type Found = { artifact: Artifact; path: string };

async function sourceOf(found: Found | undefined, { store, mayShow }: { store: ArtifactReader; mayShow: boolean }): Promise<string> {
  if (!found || !pictures.has(found.artifact.type)) return note('This picture is not there any more.');
  const { artifact, path } = found;
  if (!mayShow || artifact.bytes > largestPicture) return note(`In the archive of the job: ${path}`);
  try {
    const opened = await openWhole(store, artifact);
    if (opened.state === 'whole') return `data:${artifact.type};base64,${(await buffer(opened.stream)).toString('base64')}`;
    return note(opened.state === 'gone' ? 'The bytes of this picture are gone from the store.' : 'This picture is damaged.');
  } catch {
    return note('This picture cannot be read.');
  }
}
