/** Files that are dropped on the editor, and recordings that are pasted into it, become its whole text. */
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { isRecording } from './source/recording.ts';

export type Intake = { onFile: (file: File) => void; onRecording: (text: string) => void };

export const intake = ({ onFile, onRecording }: Intake): Extension =>
  EditorView.domEventHandlers({
    drop(event, view) {
      const file = event.dataTransfer?.files[0];
      if (!file || view.state.readOnly) return false;
      event.preventDefault();
      onFile(file);
      return true;
    },
    paste(event, view) {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const file = event.clipboardData?.files[0];
      if (view.state.readOnly || (!file && !isRecording(text))) return false;
      event.preventDefault();
      if (file) onFile(file);
      else onRecording(text);
      return true;
    },
  });
