import type { ApprovalList } from '../../../src/contract/lists.ts';
import { request } from './client.ts';

/** What waits for a person, oldest first, and what was decided in the last 24 hours, newest first. */
export const listApprovals = (): Promise<ApprovalList> => request('/api/approvals');
