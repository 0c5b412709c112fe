import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { commandHere as command, temporaryFolder } from './command.ts';

const example = fileURLToPath(new URL('../../examples/runbooks/order-supplies.yaml', import.meta.url));
const wrong = 'title: x\nsettings: {}\nsteps:\n  - description: a\n    action: { type: clik, selector: { id: b } }\n';
const recording = JSON.stringify({
  title: 'Open the shop',
  steps: [
    { type: 'navigate', url: 'https://shop.example/' },
    { type: 'click', selectors: [['aria/Log in'], ['#log-in']], offsetX: 1, offsetY: 1 },
  ],
});
const short = 'name: Look at it\nurl: https://shop.example/\nsteps:\n  - description: Press\n    action: click\n    selector: "#buy"\n';

test('mistakes are told as file:line:column with path, a valid file with its steps', async () => {
  const good = await command(['validate', example]);
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toMatch(/order-supplies\.yaml: valid, \d+ steps\n$/);
  const bad = await command(['validate', '-'], { input: wrong });
  expect(bad.code).toBe(1);
  expect(bad.stdout).toBe(
    '<stdin>:5:21: error: `clik` is not known here; did you mean `click`? (steps[0].action.type)\n<stdin>: 1 error\n',
  );
});

test('with --json every file is told with its kind and mistakes', async () => {
  const { code, stdout } = await command(['validate', '-', example, '--json'], { input: wrong });
  expect(code).toBe(1);
  const { valid, files } = JSON.parse(stdout) as { valid: boolean; files: { valid: boolean; errors: { line: number; path: string }[] }[] };
  expect(valid).toBe(false);
  expect(files.map((file) => file.valid)).toEqual([false, true]);
  expect(files[0]?.errors).toMatchObject([{ line: 5, path: 'steps[0].action.type' }]);
});

test('a file that is not there, a folder and bytes that are no text are refused with what to do', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'picture.yaml'), Buffer.from([0x89, 0x50, 0xff, 0xfe]));
  const answers = [];
  for (const file of ['missing.yaml', '.', 'picture.yaml']) answers.push(await command(['validate', file], { cwd: folder }));
  expect(answers.map(({ code }) => code)).toEqual([2, 2, 2]);
  expect(answers.map(({ stderr }) => stderr)).toEqual([
    'understudy: missing.yaml: there is no such file\n',
    'understudy: .: it is a folder; name a file\n',
    'understudy: picture.yaml: it is no text in UTF-8; save it as UTF-8\n',
  ]);
});

test('a recording becomes a runbook that is valid, and no file is overwritten', async () => {
  const cwd = temporaryFolder();
  const first = await command(['import', '-', '-o', 'shop.yaml'], { cwd, input: recording });
  expect(first.code, first.stderr).toBe(0);
  expect(readFileSync(join(cwd, 'shop.yaml'), 'utf8')).toContain('title: Open the shop');
  expect((await command(['validate', 'shop.yaml'], { cwd })).code).toBe(0);
  writeFileSync(join(cwd, 'shop.yaml'), 'mine');
  const second = await command(['import', '-', '-o', 'shop.yaml'], { cwd, input: recording });
  expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('overwrite it with --force') as string });
  expect(readFileSync(join(cwd, 'shop.yaml'), 'utf8')).toBe('mine');
  expect((await command(['import', '-', '-o', 'shop.yaml', '--force'], { cwd, input: recording })).code).toBe(0);
});

test('the short dialect is written as the runbook that it means', async () => {
  const { code, stdout, stderr } = await command(['import', '-'], { input: short });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('title: Look at it');
  expect((await command(['validate', '-'], { input: stdout })).code).toBe(0);
});

test('what is mistyped is answered with what was meant', async () => {
  const cases: [args: string[], said: string][] = [
    [['validat', 'x'], 'Did you mean validate?'],
    [['run', 'x', '--inputs', 'a=b'], 'Did you mean --input?'],
    [['run', 'x', '--input', 'a'], 'write --input name=value'],
    [['run', 'x', '-i', 'a=1', '-i', 'a=2'], '`a` is given twice'],
    [['run', 'x', '--row', '0'], 'a whole number from 1'],
    [['run', 'x', '--row', '2'], 'give it with --data'],
    [['run', 'x', '--screenshots', 'allways'], 'Allowed choices are always, change, failure, never'],
    [['run', 'x', '--live'], 'Did you mean --no-live?'],
    [['run', 'x', '--timeout', 'soon'], '90s, 15m or 2h'],
    [['run', 'x', '--url', 'ftp://x'], 'is no address of a server'],
    [['run'], "missing required argument 'runbook'"],
    [['run', 'missing.yaml'], 'there is no such file'],
  ];
  const answers = await Promise.all(cases.map(([args]) => command(args)));
  expect(answers.map(({ code }) => code)).toEqual(cases.map(() => 2));
  for (const [index, [, said]] of cases.entries()) expect(answers[index]?.stderr).toContain(said);
}, 120_000);

test('a runbook with mistakes is told before any server is asked, a server that is not there with how to start it', async () => {
  const mistakes = await command(['run', '-', '--url', 'http://127.0.0.1:9'], { input: wrong });
  expect(mistakes.code).toBe(2);
  expect(mistakes.stderr).toContain('<stdin>:5:21: error:');
  const away = await command(['run', example, '--url', 'http://127.0.0.1:9']);
  expect(away).toMatchObject({ code: 4, stdout: '' });
  expect(away.stderr).toContain('Start it with `npm start`');
});

test('a key that was found here is not sent to another machine, nor along a redirect', async () => {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, answer) => {
    heard.push(request.headers.authorization);
    answer.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const home = temporaryFolder();
  writeFileSync(join(home, 'api-key'), 'the-key-of-this-machine');
  const env = { UNDERSTUDY_HOME: home };
  await Promise.all([
    command(['run', 'some-id', '--url', `http://127.0.0.1:${port}`], { env }),
    command(['run', 'other-id', '--url', `http://0.0.0.0:${port}`], { env }),
  ]);
  expect(heard.sort()).toEqual(['Bearer the-key-of-this-machine', undefined]);
});

test('no message shows a piece of a file of secrets', async () => {
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries({
    'a.json': '{"password": "hunter2"',
    'b.env': 'hunter2\n',
    'c.json': '{"password": ["hunter2"]}',
  })) {
    writeFileSync(join(cwd, name), text);
    chmodSync(join(cwd, name), 0o600);
    const { code, stdout, stderr } = await command(['run', example, '--secret-file', name], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`--secret-file ${name}`);
    expect(stdout + stderr).not.toContain('hunter2');
  }
}, 60_000);
