/** The execution report as one HTML file to keep: drawn on the server by the components of the page. */
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import type { ExecutionReport } from '../../src/contract/report.ts';
import ReportDocument from './components/report/ReportDocument.vue';
import { jobStatuses } from './status/vocabulary.ts';
import styles from './report.css?inline';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** Without a script nobody puts the class `dark` on: who reads in the dark has it by a media query. Paper is light. */
function withDark(css: string): string {
  const block = /(?:^|[}\s])\.dark\s*\{([^}]*--ui-bg:[^}]*)\}/.exec(css)?.[1];
  if (block === undefined) throw new Error('The styles of the report have no dark tokens');
  return `${css}@media screen and (prefers-color-scheme:dark){:root{${block}}}`;
}
const css = withDark(styles);

/** What the policy of the file allows: its own style and pictures that are in it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/** Vue's marks for the script that would take over in a page; text never holds one, since its `<` is escaped. */
const marks = /<!--(?:\[|\]|)-->/g;

/**
 * A whole HTML document without script or link, everything from the job escaped. Pictures are `<img src="artifact:<id>">`: whoever sends the document puts them in as
 * `data:` addresses. Times are those of the time zone of the process, which the document names.
 */
export async function renderReport(report: ExecutionReport): Promise<string> {
  const body = await renderToString(createSSRApp(ReportDocument, { report }));
  const title = `${report.runbookTitle} · ${jobStatuses[report.status].word} · ${report.jobId}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Understudy ${escaped(report.versions.understudy)}">
<title>${escaped(title)}</title>
<style>${css}</style>
</head>
<body>
${body.replace(marks, '')}
</body>
</html>
`;
}
