import { spawn } from 'node:child_process';

/** Ends process groups and removes a folder as soon as this process is gone, however it went: also by SIGKILL, where nothing of ours runs any more. */
export interface Guardian {
  /** `pid` leads a process group that ends with us */
  watch: (pid: number | undefined) => void;
  /** what is left ends now; resolves when the folder is removed */
  dismiss: () => Promise<void>;
}

const SCRIPT = `
while read -r pid; do pids="$pids -$pid"; done
[ -n "$pids" ] && kill -KILL -- $pids 2>/dev/null
for i in 1 2 3 4 5; do rm -rf -- "$0" 2>/dev/null && break; sleep 0.2; done
`;

/** @param folder removed at the end */
export function createGuardian(folder: string): Guardian {
  // a shell that reads until the pipe from us closes; in its own group, so that Ctrl-C does not end it with us
  const shell = spawn('/bin/sh', ['-c', SCRIPT, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  shell.unref();
  return {
    watch: (pid) => void (pid !== undefined && shell.stdin.write(`${pid}\n`)),
    dismiss: () => {
      shell.stdin.end();
      return ended;
    },
  };
}
