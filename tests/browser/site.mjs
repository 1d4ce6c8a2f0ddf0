// A report in the browser: the list, its pictures and filters, a case's page, two cases compared.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from './page.mjs';
import { hostile } from './pages.mjs';

const index = (made) => join(made.site, 'index.html');
const rows = (page) => page.locator('#lines tr');
const found = (page) => page.locator('#found').innerText();

// How many lines of the determinations there are of a kind.
const lines = (made) => made.decided.flatMap((each) => each.lines || []);

const outline = (list) => list.flatMap((each) => [each, ...outline(each.criteria)]);

async function open_list(on, made, hash = '') {
  const page = await on.open(index(made), hash);
  await page.locator('#lines tr').first().waitFor();
  return page;
}

export const checks = [
  {
    name: 'the list shows every line, and what could not be read',
    async check(on, made) {
      const page = await open_list(on, made);
      assert.equal(await page.locator('h1').innerText(), `Report: ${made.decided.length} cases, ${lines(made).length} lines, 1 not read`);
      const rejected = made.decided.filter((each) => each.rejected).length;
      assert.equal(rejected, 1);
      assert.equal(await rows(page).count(), lines(made).length + rejected);
      assert.match(await rows(page).last().innerText(), /could not be read/);
      assert.equal(await found(page), `${lines(made).length} lines and 1 record without one in ${made.decided.length} cases`);
      for (const outcome of ['approve', 'deny', 'pend', 'review']) {
        const button = page.locator('#outcomes .choice').filter({ hasText: { approve: 'approved', deny: 'denied', pend: 'pends', review: 'goes to a reviewer' }[outcome] }).first();
        assert.equal(await button.locator('.count').innerText(), String(lines(made).filter((each) => each.outcome === outcome).length), outcome);
      }
    },
  },
  {
    name: 'search and filters narrow the list, stand in the address and can be taken back',
    async check(on, made) {
      const page = await open_list(on, made);
      const all = await found(page);
      await page.locator('#outcomes .choice').filter({ hasText: 'denied' }).click();
      const denied = lines(made).filter((each) => each.outcome === 'deny').length;
      assert.equal(await rows(page).count(), denied);
      assert.match(page.url(), /outcome=deny/);
      assert.match(await found(page), new RegExp(`^${denied} of `));
      await page.goBack();
      assert.equal(await found(page), all);
      await page.goForward();
      await page.reload();
      assert.equal(await rows(page).count(), denied);
      await page.getByRole('button', { name: /outcome: denied/ }).click();
      assert.equal(await found(page), all);
      await page.getByRole('searchbox').fill('v8 20552');
      assert.equal(await rows(page).count(), 1);
      await page.getByRole('searchbox').fill('no case says this');
      assert.equal(await rows(page).count(), 0);
      assert.match(await page.locator('#nothing').innerText(), /No line matches/);
    },
  },
  {
    name: 'filters by criterion and status, missing fact, code and rule agree with the determinations',
    async check(on, made) {
      const page = await open_list(on, made);
      const all = lines(made);
      const name = all[0].criteria.find((each) => all.some((line) => outline(line.criteria).some((c) => c.name === each.name && c.status === 'notMet'))).name;
      // What a layer replaced is shown on a case's page and counts nowhere else.
      const counted = (list) => list.filter((each) => !each.defeated).flatMap((each) => [each, ...counted(each.criteria)]);
      const below = outline(all.flatMap((line) => line.criteria)).filter((each) => each.defeated).flatMap((each) => each.criteria)[0].name;
      const row = page.locator('.outline tr').filter({ has: page.locator('.name', { hasText: new RegExp(`^${below.replaceAll('.', '\\.')}$`) }) });
      const numbers = (await row.locator('.number').allInnerTexts()).reduce((sum, each) => sum + Number(each), 0);
      assert.equal(numbers, all.filter((line) => counted(line.criteria).some((each) => each.name === below)).length);
      const with_status = all.filter((line) => outline(line.criteria).some((c) => !c.defeated && c.name === name && c.status === 'notMet')).length;
      await page.getByLabel('Criterion', { exact: true }).selectOption(name);
      await page.getByLabel('Its status').selectOption('notMet');
      assert.equal(await rows(page).count(), with_status);
      await page.getByRole('button', { name: 'Remove all filters' }).click();

      const any_row = (fact) => fact.replace(/\/\d+(?=\/|$)/g, '/*');
      const fact = any_row(all.find((line) => line.missing.length > 0).missing[0].fact);
      await page.getByLabel('Missing', { exact: true }).selectOption(fact);
      assert.equal(await rows(page).count(), all.filter((line) => line.missing.some((each) => any_row(each.fact) === fact)).length);
      await page.getByLabel('Missing', { exact: true }).selectOption('');

      const code = all.find((line) => line.code).code;
      await page.getByLabel('Code', { exact: true }).selectOption(`${code.system} ${code.code}`);
      assert.equal(await rows(page).count(), all.filter((line) => line.code && line.code.code === code.code).length);
      await page.getByLabel('Code', { exact: true }).selectOption('');

      const rule = all.flatMap((line) => line.rules).find((each) => each.state === 'stands').name;
      await page.getByLabel('Rule', { exact: true }).selectOption(rule);
      await page.getByLabel('Its state').selectOption('stands');
      assert.equal(await rows(page).count(), all.filter((line) => line.rules.some((each) => each.name === rule && each.state === 'stands')).length);
    },
  },
  {
    name: 'a number of the criteria picture filters by its criterion and status, by keyboard',
    async check(on, made) {
      const page = await open_list(on, made);
      const button = page.locator('#criteria .number .choice').first();
      const count = Number(await button.innerText());
      await button.focus();
      await page.keyboard.press('Enter');
      assert.equal(await rows(page).count(), count);
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-pressed')), 'true', 'the button keeps the focus');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-pressed')), 'false');
    },
  },
  {
    name: 'heads sort the list both ways and back',
    async check(on, made) {
      const page = await open_list(on, made);
      const names = async () => (await page.locator('#lines .col-case a').allInnerTexts()).filter((each) => each.startsWith('seed'));
      const as_recorded = await names();
      await page.getByRole('button', { name: 'Case' }).click();
      const up = await names();
      assert.deepEqual(up, [...up].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
      assert.notDeepEqual(up, as_recorded);
      assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
      await page.getByRole('button', { name: 'Case' }).click();
      assert.deepEqual(await names(), [...up].reverse());
      await page.getByRole('button', { name: 'Case' }).click();
      assert.deepEqual(await names(), as_recorded);
    },
  },
  {
    name: 'a case opens from the list, embeds its determination, and leads back to the list as it was filtered',
    async check(on, made) {
      const page = await open_list(on, made, '#outcome=pend');
      const name = await page.locator('#lines .col-case a').first().innerText();
      await page.locator('#lines .col-case a').first().click();
      await page.locator('#determination').waitFor({ state: 'attached' });
      const decided = await on.json('determination');
      assert.equal(decided.case, name);
      assert.deepEqual(decided, made.decided.find((each) => each.case === name));
      // From here one goes through the cases of the filtered list.
      const pending = [...new Set(made.decided.filter((each) => (each.lines || []).some((line) => line.outcome === 'pend')).map((each) => each.case))];
      for (let k = 1; k < pending.length; ++k) {
        await page.getByRole('link', { name: 'Next' }).click();
        await page.waitForFunction((name) => JSON.parse(document.getElementById('determination')?.textContent || '{}').case === name, pending[k]);
        assert.equal(await page.locator('[data-place]').innerText(), `${k + 1} of ${pending.length} in the list`);
      }
      assert.equal(await page.getByRole('link', { name: 'Next' }).count(), 0);
      await page.getByRole('link', { name: 'All cases' }).click();
      await rows(page).first().waitFor();
      assert.match(page.url(), /outcome=pend/);
    },
  },
  {
    name: 'every case has its page, with the same JSON as rubric explain, whichever data file it is in',
    async check(on, made) {
      const cases = Array.from({ length: 130 }, (_, n) => ({ ...made.cases[n % made.cases.length], id: 'case ' + n }));
      const records = made.file('many.ndjson', cases.map((each) => JSON.stringify(each)).join('\n')), site = join(made.folder, 'many-parts');
      made.rubric('report', made.policy, records, '-o', site);
      const decided = JSON.parse(made.rubric('explain', made.policy, records, '--format', 'json'));
      const page = await open_list(on, { site });
      const embedded = await page.evaluate(async (numbers) => {
        const out = [];
        for (const n of numbers) out.push(JSON.parse(new DOMParser().parseFromString(await rubric.page(n), 'text/html').getElementById('determination').textContent));
        return out;
      }, [0, 63, 64, 127, 128, 129]);
      assert.deepEqual(embedded, [0, 63, 64, 127, 128, 129].map((n) => decided[n]));
      await page.getByRole('button', { name: 'Last' }).click();
      await rows(page).last().locator('a').click();
      await page.locator('#determination').waitFor({ state: 'attached' });
      assert.deepEqual(await on.json('determination'), decided[129]);
    },
  },
  {
    name: 'two cases are compared, and what differs can be had alone',
    async check(on, made) {
      const page = await open_list(on, made);
      await page.getByLabel('Compare case seed004-v1 (line 1)').check();
      await page.getByLabel('Compare case seed004-v8 (line 1)').check();
      await page.getByRole('link', { name: 'Compare them' }).click();
      await page.locator('.comparison').first().waitFor();
      assert.match(await page.locator('h1').innerText(), /seed004-v1 and seed004-v8/);
      const [a, b] = ['seed004-v1', 'seed004-v8'].map((name) => made.decided.find((each) => each.case === name).lines[0]);
      const row = page.locator('.comparison tr').filter({ hasText: 'NonInvasiveFirst' }).first();
      const statuses = [a, b].map((line) => outline(line.criteria).find((each) => each.name === 'NonInvasiveFirst').status);
      assert.notEqual(statuses[0], statuses[1]);
      assert.ok(await row.evaluate((each) => each.classList.contains('differs')));
      const alike = page.locator('.comparison tr.alike').first();
      assert.equal(await alike.isVisible(), true);
      await page.getByLabel('Only what differs').check();
      assert.equal(await alike.isVisible(), false);
      assert.equal(await row.isVisible(), true);
      await on.is_accessible();
      for (const width of [360, 768]) await on.fits(width);
      await on.shoot('compare');
    },
  },
  {
    name: 'the list is accessible in both sets of colours, fits a telephone, prints',
    async check(on, made) {
      const page = await open_list(on, made);
      await on.is_accessible();
      for (const width of [320, 360, 768]) await on.fits(width);
      await on.shoot('list');
      await page.getByLabel('Compare case seed004-v1 (line 1)').check();
      await page.locator('#outcomes .choice').first().click();
      await on.is_accessible();
      await on.shoot('list-filtered', ['light']);
      await on.prints();
    },
  },
  {
    name: 'a case page of a report is accessible, fits a telephone, prints',
    async check(on, made) {
      const page = await on.open(join(made.site, 'case.html'), '?n=0');
      await page.locator('#determination').waitFor({ state: 'attached' });
      await on.is_accessible();
      for (const width of [360, 768]) await on.fits(width);
      await on.shoot('case');
      await on.prints('.around');
    },
  },
  {
    name: 'a record full of markup shows as text and runs nothing',
    async check(on, made) {
      const page = await open_list(on, made);
      const row = rows(page).filter({ hasText: '"><script>' }).first();
      assert.match(await row.innerText(), /<img src=x onerror=/);
      assert.match(await row.innerText(), /\\u\{?202e/, 'a turning character is shown, not obeyed');
      await row.locator('a').first().click();
      await page.locator('#determination').waitFor({ state: 'attached' });
      assert.equal((await on.json('determination')).case, hostile.id);
      assert.match(await page.locator('body').innerText(), /<\/script><script>window\.broken/);
      assert.equal(await page.evaluate(() => window.broken), undefined);
      for (const width of [360, 1280]) await on.fits(width);
      await on.is_accessible();
      await page.goBack();
      await page.getByLabel('Compare case "><script>').first().check();
      await page.getByLabel('Compare case seed004-v1 (line 1)').check();
      await page.getByRole('link', { name: 'Compare them' }).click();
      await page.locator('.comparison').first().waitFor();
      assert.equal(await page.evaluate(() => window.broken), undefined);
      assert.equal(await page.locator('.comparison script, .comparison img').count(), 0);
    },
  },
  {
    name: 'ten thousand cases: the list opens, filters and sorts at once',
    async check(on, made) {
      // The index of the small report, with its cases many times over: what the list has to carry, without the time to decide.
      const site = join(made.folder, 'many');
      cpSync(made.site, site, { recursive: true });
      const file = join(site, 'data', 'index.js'), text = readFileSync(file, 'utf8');
      const data = JSON.parse(text.slice('rubric_index('.length, text.lastIndexOf(')')));
      const few = data.cases.slice(0, 17);
      data.cases = Array.from({ length: 10000 }, (_, n) => { const each = [...few[n % few.length]]; each[0] += '-' + n; return each; });
      writeFileSync(file, 'rubric_index(' + JSON.stringify(data) + ');');
      const begun = Date.now();
      const page = await open_list(on, { site });
      const opened = Date.now() - begun;
      const took = await page.evaluate(async () => {
        const times = {};
        const time = (name, act) => { const begun = performance.now(); act(); document.body.offsetHeight; times[name] = performance.now() - begun; };
        const box = document.getElementById('choose-q');
        time('search', () => { box.value = 'v8'; box.dispatchEvent(new Event('input')); });
        time('outcome', () => document.querySelector('#outcomes .choice').click());
        time('sort', () => document.querySelector('[data-sort=missing]').click());
        return times;
      });
      assert.equal(await page.locator('#lines tr').count(), 50);
      // Generous: two of these run at once, on whatever machine there is.
      assert.ok(opened < 5000, `opening took ${opened} ms`);
      for (const [what, ms] of Object.entries(took)) assert.ok(ms < 1000, `${what} took ${ms} ms`);
      if (process.env.RUBRIC_TIMES) console.log(`list of 10,000: opened in ${opened} ms, ${JSON.stringify(took)}`);
    },
  },
  {
    name: 'a case that is not there, and a damaged file, are said in words',
    async check(on, made) {
      const page = await on.open(join(made.site, 'case.html'), '?n=4711');
      await page.getByRole('alert').waitFor();
      assert.match(await page.getByRole('alert').innerText(), /no such case/);
      const site = join(made.folder, 'damaged');
      cpSync(made.site, site, { recursive: true });
      writeFileSync(join(site, 'data', '0.js'), '');
      await on.open(join(site, 'case.html'), '?n=0');
      await page.getByRole('alert').waitFor();
      assert.match(await page.getByRole('alert').innerText(), /0\.js is damaged/);
    },
  },
];
