/** What an installation may do, by its plan. */
import type { PlanName } from '../contract/system.ts';

const order: readonly PlanName[] = ['community', 'pro', 'team', 'business', 'enterprise'];

const atLeast = (plan: PlanName, wanted: PlanName): boolean => order.indexOf(plan) >= order.indexOf(wanted);

/** Why jobs cannot be recorded as video here, in words; null: they can. `host`: what the browser host says, null when there is none or it does not answer. */
export function whyNoVideo(plan: PlanName, host: { video?: boolean } | null): string | null {
  if (!atLeast(plan, 'business'))
    return `Video is part of the plan Business and up; this installation is on ${plan} (UNDERSTUDY_PLAN). Screenshots and the live view work on every plan.`;
  if (host && host.video !== true)
    return 'Video needs ffmpeg, which is not on the machine of the browser host (its log says where it was looked for).';
  return null;
}

/** @returns whether the plan alone allows video */
export const allowsVideo = (plan: PlanName): boolean => atLeast(plan, 'business');
