import { expect, test } from 'vitest';
import { textRuns } from '../../../src/host/recording/text-runs.ts';
import { createTraceMasks } from '../../../src/host/recording/trace-masks.ts';

const card = '4929123456781234';
const masks = () => createTraceMasks([card, 'sesame']);
const page = (html: string, name = 'resources/a.html'): string | undefined => masks().resource(name, Buffer.from(html))?.toString();
const shownOf = (html: string): string =>
  textRuns(html)
    .map(([start, end]) => html.slice(start, end))
    .join('|');

test.each([
  ['<p><b>49291234</b><i>56781234</i>', '<p><b>•••</b><i></i>'],
  ['<div>no 4929&nbsp;1234 5678<b title="kept">1234</b></div>', '<div>no •••<b title="kept"></b></div>'],
  ['4929<wbr>1234<!-- 56 > -->5678<br>1234', '•••<wbr><!-- 56 > --><br>'],
  [`<p id=sep>${card.replace(/./g, '<span>$&</span>')}</p>`, `<p id=sep><span>•••</span>${'<span></span>'.repeat(15)}</p>`],
  ['<i>ses</i><script>"4929"</script><i a="b>c" d=e>ame</i>', '<i>•••</i><script>"4929"</script><i a="b>c" d=e></i>'],
  [`<i>ses</i><i title="sesame ${card}">a</i>`, '<i>ses</i><i title="••• •••">a</i>'],
])('a secret that is spread over the elements of a page is masked in what was loaded: %s', (html, shown) => {
  expect(page(html)).toBe(shown);
  expect(page(html, 'resources/a.svg')).toBe(shown);
  expect(masks().line(JSON.stringify({ type: 'event', text: html }))).toBe(JSON.stringify({ type: 'event', text: shown }));
});

test('the texts of a page are told from its tags as browsers do', () => {
  expect(shownOf('a<b c=">">d</b >e<f g=\'>\' h=i"j">k')).toBe('a|d|e|k');
  expect(shownOf('a<!-->b<!--->c<!-- > -- --!>d<!doctype x>e<?x y?>f</ 1>g')).toBe('a|b|c|d|e|f|g');
  expect(shownOf('1 < 2 <b>3</b')).toBe('1 < 2 |3');
  expect(shownOf('<script>a<b</script >c<style>d</STYLE>e<title>f<g></title>h<textarea><!-- </textarea>i')).toBe('c|e|f<g>|h|<!-- |i');
  expect(shownOf('<svg><style/>a<script/>b<style-x>c<![CDATA[d]]>e')).toBe('a|b|c|d|e');
  expect(shownOf('a<b c="d>')).toBe('a');
});

test('pages that are made to be slow take no longer than they are long', () => {
  for (const part of ['<a b="', '<script>', '<!--', '<a =', '</', '<title>', '<![CDATA[', ']]>', '<textarea', '<a\n='])
    expect(page(part.repeat(200_000))).toBe(part.repeat(200_000));
}, 10_000);

test('what is spread over the items of a list in a trace is masked, whatever a list is made of', () => {
  const line = (event: unknown): unknown => JSON.parse(masks().line(JSON.stringify(event)) ?? '');
  expect(
    line({ type: 'console', args: [{ preview: '49291234', value: 'ses' }, { preview: '56781234', value: 'ame' }, { preview: 'x' }] }),
  ).toEqual({
    type: 'console',
    args: [{ preview: '•••', value: '•••' }, { preview: '', value: '' }, { preview: 'x' }],
  });
  expect(line({ a: ['ses', 'ame', ['x'], 'ses'], cookies: [1], b: 'ame' })).toEqual({
    a: ['•••', '', ['x'], 'ses'],
    cookies: [],
    b: 'ame',
  });
  const headers = [
    { name: 'Cookie', value: 'ses' },
    { name: 'x', value: 'ame' },
  ];
  expect(line({ headers })).toEqual({ headers: [{ name: 'Cookie', value: '•••' }, headers[1]] });
});

const list = { a: [{ o: [{ k: 'tag', v: { s: 'b' } }] }, { o: [{ k: 'tag', v: { s: 'ses' } }] }, { o: [{ k: 'tag', v: { s: 'ame' } }] }] };

test('of what functions of ours read of a page, lists and maps are left out; what scripts of a runbook give is kept', () => {
  const trace = masks();
  const call = (callId: string, isFunction: boolean, value: unknown): unknown => {
    trace.line(JSON.stringify({ type: 'before', callId, params: { expression: 'x', isFunction } }));
    return (JSON.parse(trace.line(JSON.stringify({ type: 'after', callId, result: { value } })) ?? '') as { result: unknown }).result;
  };
  expect(call('1', true, list)).toEqual({});
  expect(call('2', true, { s: 'open sesame' })).toEqual({ value: { s: 'open •••' } });
  expect(call('3', true, { n: 5 })).toEqual({ value: { n: 5 } });
  expect(call('4', false, list)).toEqual({
    value: { a: [...list.a.slice(0, 1), { o: [{ k: 'tag', v: { s: '•••' } }] }, { o: [{ k: 'tag', v: { s: '' } }] }] },
  });
  expect(call('4', true, list)).toEqual({});
});
