import { expect, it } from 'vitest';
import { inOrderOfSource } from '../../web/src/components/runbook/variable-order.ts';

const source = `title: Sign in
metadata:
  zeta: not a variable
variables:
  user:
    source: prompt
  "zeta": { source: prompt }
  $code: { source: prompt }
  a:
    source: prompt
steps: []
`;

it('asks for variables in the order in which the runbook declares them', () => {
  expect(inOrderOfSource(['a', 'zeta', 'user', '$code'], source)).toEqual(['user', 'zeta', '$code', 'a']);
});

it('keeps the order that was given for names that the source does not show', () => {
  expect(inOrderOfSource(['b', 'user', 'c'], source)).toEqual(['user', 'b', 'c']);
});
