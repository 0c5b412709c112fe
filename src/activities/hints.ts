import type { StepErrorCode } from '../contract/error.ts';

/** What a person can do about each error. A new code without a hint does not compile. */
const hints: Record<StepErrorCode, string> = {
  element_not_found:
    'Nothing on the page matches the selector. Compare it with the picture of the page; more fields (innerText, labelText, role) make it sturdier.',
  ambiguous:
    'Several elements match. Add a field that only the right one has: innerText, name, dataTestId, or a cssSelector that starts at its container.',
  page_structure_changed:
    'The page was rebuilt while the element was looked for. Add a wait step for something that appears when the page is ready, then look again.',
  element_stale: 'The page replaced the element just before the step could act on it. Add a wait step so that the page settles first.',
  navigation_timeout:
    'The page did not answer in time. See whether it opens in your own browser; if it is only slow, give the step a longer timeout.',
  navigation_failed: 'The page could not be opened. Check the address, and whether it needs a log-in that an earlier step should do.',
  timeout:
    'The step ran out of time. Look at the picture for what was in the way (a dialog, a cookie banner, a disabled button), or give it a longer timeout.',
  assertion_failed:
    'What the step expects was not so. Look at the picture: either the application answered otherwise, or the expectation is out of date.',
  action_failed:
    'The element was found, but the action did not succeed. It may need another kind of interaction; the message says what the browser answered.',
  capture_failed:
    "The action itself was done; only the value could not be read. Check the capture's pattern or expression before you run the step again.",
  value_missing: 'A value that the step uses is not there. Give it as an input, or let an earlier step capture it.',
  blocked_address: "This address is off limits for a job's browser, because it belongs to the installation itself or to the machine.",
  browser_crashed: 'The browser or its page crashed. Run the job again; if it happens at the same step, that page uses too much memory.',
  outcome_unknown: 'Nobody can say whether the step acted. Look into the target system before you run it again.',
  rejected: 'A person rejected the step, or nobody answered in time. What it was about is in its approval.',
  session_lost: 'The page could not be put back to where it was; mostly the log-in has expired. Rerun from the step that logs in.',
  unknown: 'Nothing more is known than the message. Look at the picture and at the console lines of the page.',
};

export const hintFor = (code: StepErrorCode): string => hints[code];
