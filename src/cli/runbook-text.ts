/** What a text is and becomes: a runbook, one in the short dialect, or a recording. */
import type { SourceKind } from '../contract/library.ts';
import type { Runbook, RunbookMistake } from '../contract/runbook.ts';
import { parseRunbook } from '../language/parse-runbook.ts';
import { importRecording, isRecording } from '../recording/import-recording.ts';

/** Mistakes with the text that they stand in: of a recording that was translated, its YAML. */
export type Remarks = { of: 'source' | 'translation'; text: string; errors: RunbookMistake[]; warnings: RunbookMistake[] };

export type RunbookText = {
  kind: SourceKind;
  /** the runbook that is carried out (YAML); null: it cannot be written down */
  yaml: string | null;
  /** undefined when there are errors */
  runbook: Runbook | undefined;
  remarks: Remarks[];
};

/** Never throws. */
export function readRunbook(text: string): RunbookText {
  if (!isRecording(text)) {
    const { kind, translation, runbook, errors, warnings } = parseRunbook(text);
    return { kind, yaml: kind === 'short' ? translation : text, runbook, remarks: [{ of: 'source', text, errors, warnings }] };
  }
  const { source, errors, warnings } = importRecording(text);
  const remarks: Remarks[] = [{ of: 'source', text, errors, warnings }];
  if (source === null) return { kind: 'recording', yaml: null, runbook: undefined, remarks };
  const parsed = parseRunbook(source);
  remarks.push({ of: 'translation', text: source, errors: parsed.errors, warnings: parsed.warnings });
  return { kind: 'recording', yaml: source, runbook: parsed.runbook, remarks };
}

export const errorsOf = ({ remarks }: RunbookText): RunbookMistake[] => remarks.flatMap(({ errors }) => errors);
export const warningsOf = ({ remarks }: RunbookText): RunbookMistake[] => remarks.flatMap(({ warnings }) => warnings);
