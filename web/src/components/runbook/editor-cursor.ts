import { EditorView, ViewPlugin } from '@codemirror/view';

/** When the editor gets smaller, because problems appear below it, the line that is being written stays in sight. */
export const cursorInView = ViewPlugin.fromClass(
  class {
    readonly sizes: ResizeObserver;
    height = 0;
    constructor(view: EditorView) {
      this.sizes = new ResizeObserver(() => {
        const { clientHeight } = view.scrollDOM;
        if (clientHeight < this.height && view.hasFocus) {
          view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head, { y: 'nearest', yMargin: 24 }) });
        }
        this.height = clientHeight;
      });
      this.sizes.observe(view.scrollDOM);
    }
    destroy(): void {
      this.sizes.disconnect();
    }
  },
);
