import { actionIcons } from '../../status/vocabulary.ts';

const more: Record<string, string> = {
  download: 'i-lucide-download',
  export: 'i-lucide-table',
  memory: 'i-lucide-database',
  upload: 'i-lucide-upload',
  assert: 'i-lucide-circle-check-big',
};
const containers = { loop: 'i-lucide-repeat', branches: 'i-lucide-git-branch' } as const;

/** A loop or a choice shows what it is, not what its own action does. */
export const stepIcon = (action: string, container?: keyof typeof containers): string =>
  container ? containers[container] : (actionIcons[action] ?? more[action] ?? 'i-lucide-circle');
