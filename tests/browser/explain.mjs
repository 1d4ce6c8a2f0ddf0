// A case's page and the letters, as `rubric explain --format html` writes them.

import { join } from 'node:path';
import { assert } from './page.mjs';
import { hostile } from './pages.mjs';

const cases = join('policies', 'trigger-point-injections', 'cases');
const explained = (made, name, ...options) => made.rubric('explain', made.policy, join(cases, name), ...options);
const paged = (made, name, ...options) => made.file(`${name}${options.join('')}.html`, explained(made, name, '--format', 'html', ...options));
const outline = (list) => list.flatMap((each) => [each, ...outline(each.criteria)]);

// A history in which everything occurs that a picture can draw.
function history(made) {
  const record = {
    ...made.cases[0], id: 'history', received: '2026-02-20', decisionDate: '2026-02-25',
    lines: [{ ...made.cases[0].lines[0], serviceDate: '2026-03-01' }],
    trials: [{ category: 'nsaid', status: 'completed', start: '2025-04', end: '2025-06-15', outcome: 'failed' },
      { category: 'stretch', status: 'started', start: '2025-07-01', end: { none: true } }],
    priorProcedures: {
      items: [['2025-04-20', 'a'], ['2025-08-03', 'b'], ['2025-11', 'c'], [null, 'd']].map(([date, id]) => ({
        id, date, code: { system: 'CPT', code: '20552' }, status: 'performed', targets: [{ site: 'trapezius', side: 'left' }], response: 'lasting',
      })),
      complete: { from: '2024-12-01', to: '2026-02-20' },
    },
  };
  const file = made.file('history.json', JSON.stringify(record));
  return made.file('history.html', made.rubric('explain', made.policy, file, '--format', 'html'));
}

export const checks = [
  {
    name: 'explain: the page embeds what --format json gives, and shows every criterion and value of it',
    async check(on, made) {
      const page = await on.open(paged(made, 'seed004-v10.json'));
      const [json] = JSON.parse(explained(made, 'seed004-v10.json', '--format', 'json'));
      assert.deepEqual(await on.json('determination'), json);
      const criteria = json.lines.flatMap((line) => outline(line.criteria));
      assert.equal(await page.locator('li.criterion').count(), criteria.length);
      assert.equal(await page.locator('table.values tbody tr').count(), criteria.flatMap((each) => each.values).length);
      const outcome = await page.locator('.verdict .outcome').first().innerText();
      assert.match(outcome, /Goes to a reviewer/);
    },
  },
  {
    name: 'explain: a criterion leads to its clause and the clause back to it, by mouse and by keyboard',
    async check(on, made) {
      const page = await on.open(paged(made, 'seed004-v10.json'));
      const link = page.locator('li.criterion a.to-clause').first();
      const criterion = await link.evaluate((a) => a.closest('li').id);
      await link.click();
      const clause = page.locator('.text li:target');
      assert.equal(await clause.count(), 1);
      assert.equal('line ' + await clause.getAttribute('value'), await link.innerText());
      await clause.locator(`a[href="#${criterion}"]`).focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => location.hash), '#' + criterion);
      assert.equal(await page.evaluate(() => document.activeElement.id), criterion);
      await page.goBack();
      assert.equal(await clause.count(), 1);
      // Every link of the page leads to one element of it.
      const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.getElementById(a.hash.slice(1))).length);
      assert.equal(lost, 0);
    },
  },
  {
    name: 'explain: a window is drawn with what it counts, and days that are not known as what they are',
    async check(on, made) {
      const page = await on.open(history(made));
      const sessions = page.locator('.lane-row.window').filter({ hasText: 'Sessions' });
      const band = await sessions.locator('.band').boundingBox();
      const marks = await sessions.locator('circle.known').evaluateAll((list) => list.map((each) => each.getBoundingClientRect().x));
      assert.equal(marks.length, 2);
      for (const x of marks) assert.ok(band.x <= x && x <= band.x + band.width);
      assert.equal(await sessions.locator('.unsure').count(), 1);
      assert.match(await sessions.innerText(), /from 2025-03-02 to 2026-03-01/);
      const words = await page.locator('.lanes').innerText();
      for (const said of ['2025-11, day not known', 'Without a date', 'not ended', 'complete from 2024-12-01']) assert.ok(words.includes(said), said);
      await on.is_accessible();
      for (const width of [320, 360, 768, 1280]) await on.fits(width);
      await on.shoot('explain-history');
    },
  },
  {
    name: 'explain: all values open and close at once, and what is printed is open',
    async check(on, made) {
      const page = await on.open(paged(made, 'seed004-v8.json'));
      const open = () => page.locator('details.why[open]').count();
      const some = await open(), all = await page.locator('details.why').count();
      await page.locator('[data-do=open-all]').first().click();
      assert.ok(all > some);
      assert.equal(await open(), all);
      await page.locator('[data-do=close-all]').first().click();
      assert.equal(await open(), 0);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      assert.equal(await open(), all);
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.equal(await open(), 0);
      await on.prints();
    },
  },
  {
    name: 'explain: a record that means harm is text',
    async check(on, made) {
      const file = made.file('bad.json', JSON.stringify(made.bad));
      const page = await on.open(made.file('bad.html', made.rubric('explain', made.policy, file, '--format', 'html')));
      assert.equal(await page.evaluate(() => window.broken), undefined);
      assert.ok((await page.locator('h1').innerText()).includes(hostile.id));
      assert.equal(await page.locator('img').count(), 0);
      await on.is_accessible();
      for (const width of [360, 1280]) await on.fits(width);
    },
  },
  {
    name: 'explain: the letter says why and how to appeal, has a place to sign, and names no code',
    async check(on, made) {
      const page = await on.open(paged(made, 'seed004-v1.json', '--audience', 'member', '--line', '2'));
      const letter = await page.locator('article.letter').innerText();
      for (const said of ['A clinician must read and sign', 'Why we decided this', 'how to appeal', 'Credential']) assert.ok(letter.includes(said), said);
      assert.doesNotMatch(letter, /CPT|ICD|\b\d{5}\b|\/lines/);
      await on.is_accessible();
      await on.fits(360);
      await on.prints('.banner');
      await on.shoot('explain-letter');
    },
  },
];
