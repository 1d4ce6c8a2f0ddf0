// The pages in a real browser: makes them with the binary, opens them from the disk in headless Chromium, and uses them as
// a reader does.
//
//   node tests/browser/run.mjs BINARY TOOLS [--shots DIR] [PART OF A NAME]
//
// TOOLS is the folder that npm ci has filled from package-lock.json. --shots keeps pictures of each kind of page at three widths.
// The last line counts the checks; the exit status is 1 if one failed, and 2 if the browser cannot be started.

import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { make_pages } from './pages.mjs';
import { Page } from './page.mjs';

const words = process.argv.slice(2), option = words.indexOf('--shots');
const shots = option < 0 ? null : resolve(words.splice(option, 2)[1]);
const [binary, tools, filter = ''] = words;
const installed = createRequire(join(resolve(tools), 'package.json'));
const { chromium } = installed('playwright-core');
const axe = readFileSync(installed.resolve('axe-core/axe.min.js'), 'utf8');

const most_at_once = 2, most_seconds = shots ? 120 : 40, most_seconds_in_all = 240;
function fail_after(seconds, what) {
  let timer;
  const promise = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what} took longer than ${seconds} s`)), seconds * 1000); });
  return { promise, clear: () => clearTimeout(timer) };
}

const folder = mkdtempSync(join(tmpdir(), 'rubric-pages-'));
let browser;
const guard = setTimeout(() => {
  console.log(`failed: the browser's checks took longer than ${most_seconds_in_all} s`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}, most_seconds_in_all * 1000);

let passed = 0, failed = 0;
async function one({ name, check }, made) {
  // A context of its own: no check sees what another one chose, and none reaches a network.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  context.setDefaultTimeout(8000);
  const limit = fail_after(most_seconds, name);
  try {
    const page = new Page(await context.newPage(), { axe, shots });
    await Promise.race([Promise.resolve(check(page, made)).then(() => page.finish()), limit.promise]);
    passed += 1;
  } catch (problem) {
    failed += 1;
    console.log(`failed: ${name}: ${problem.message}`);
  } finally {
    limit.clear();
    await context.close().catch(() => {});
  }
}

try {
  const made = make_pages(resolve(binary), folder);
  const kinds = await Promise.all(['site', 'explain', 'diff', 'coverage'].map((kind) => import(`./${kind}.mjs`)));
  const checks = kinds.flatMap((kind) => kind.checks).filter((each) => each.name.includes(filter));
  try {
    // As root (CI, containers) Chromium does not start with its sandbox; the pages are our own.
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: [...(process.getuid() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--disable-gpu', '--allow-file-access-from-files=false'],
      timeout: 30000,
    });
  } catch (problem) {
    failed += 1;
    console.log(`failed: Chromium could not be started (apt-get install chromium): ${problem.message}`);
    process.exitCode = 2;
  }
  if (browser) {
    const queue = [...checks];
    await Promise.all(Array.from({ length: most_at_once }, async () => { while (queue.length > 0) await one(queue.shift(), made); }));
    await browser.close();
  }
} catch (problem) {
  failed += 1;
  console.log(`failed: the pages could not be made: ${problem.message}`);
}
clearTimeout(guard);
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
if (!process.exitCode) process.exitCode = failed === 0 ? 0 : 1;
