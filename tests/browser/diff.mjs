// The page of an edit's impact.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from './page.mjs';
import { hostile } from './pages.mjs';

// Two edits of the policy: a session fewer, and what exceeds them is denied; and a harmful text in a clause.
let made_once;
function impact(made) {
  if (made_once) return made_once;
  const edited = join(made.folder, 'edited');
  cpSync(made.policy, edited, { recursive: true });
  const file = join(edited, 'trigger-point-injections.rubric'), text = readFileSync(file, 'utf8');
  const now = text.replace('MaxSessions default 3 ', 'MaxSessions default 1 ').replace(/^rule Routine {4}review /m, "rule Routine    deny  ").replace("'M53.82',", '')
    .replace("'Indications: \"chronic non-malignant pain syndromes\"'", "'</script><script>window.broken = 1</script>'");
  assert.notEqual(now, text);
  writeFileSync(file, now);
  const words = ['diff', made.policy, edited, '--cases', made.records];
  made_once = { html: made.file('impact.html', made.rubric(...words, '--format', 'html')), json: JSON.parse(made.rubric(...words, '--format', 'json')) };
  return made_once;
}
const rows = (page) => page.locator('#lines tr');
const open = async (on, made, hash) => { const page = await on.open(impact(made).html, hash); await page.locator('.flow').waitFor(); return page; };

export const checks = [
  {
    name: 'the page of an impact embeds what --format json gives, and its numbers are those',
    async check(on, made) {
      const { json } = impact(made), page = await open(on, made);
      assert.deepEqual(await on.json('impact'), json);
      assert.ok(json.outcomeChanged > 2 && json.edits.length >= 3, 'the edits change something');
      assert.equal(await rows(page).count(), Math.min(50, json.changed.length));
      assert.equal(await page.locator('.tile').first().locator('.choice').innerText(), String(json.outcomeChanged));
      assert.equal(await page.locator('.edit').count(), json.edits.length);
      const moves = json.matrix.filter((each) => each.before !== each.after);
      assert.equal(await page.locator('.flow .band').count(), moves.length);
      assert.match(await page.locator('.flow').getAttribute('aria-label'), new RegExp(`${moves[0].lines} from `));
    },
  },
  {
    name: 'numbers of the matrix and of edits filter the lines that differ',
    async check(on, made) {
      const { json } = impact(made), page = await open(on, made);
      const move = json.matrix.find((each) => each.before !== each.after);
      await page.locator(`[data-pick="before=${move.before}&after=${move.after}"]`).click();
      assert.equal(await rows(page).count(), move.lines);
      await page.getByRole('button', { name: 'Remove all filters' }).click();
      assert.equal(await rows(page).count(), json.changed.length);
      await page.getByLabel('Caused by').selectOption('1');
      assert.equal(await rows(page).count(), json.changed.filter((each) => each.edits.includes(1)).length);
      await page.goBack();
      await page.getByRole('searchbox').fill(json.changed[0].case);
      assert.ok(await rows(page).count() >= 1);
    },
  },
  {
    name: 'an edit shows its clause before and after, an example both determinations',
    async check(on, made) {
      const { json } = impact(made), page = await open(on, made);
      const edit = page.locator('.edit').filter({ hasText: 'MaxSessions' }).first();
      assert.match(await edit.locator('del').innerText(), /default 3/);
      assert.match(await edit.locator('ins').innerText(), /default 1/);
      const k = json.examples.findIndex((each) => each.before !== each.after), example = page.locator(`#example-${k + 1}`);
      const row = rows(page).filter({ hasText: json.examples[k].case }).first();
      await row.locator('a').first().focus();
      await page.keyboard.press('Enter');
      await example.locator('.comparison').first().waitFor();
      const outcomes = await example.locator('.comparison tr').filter({ hasText: 'Outcome' }).first().locator('td').allInnerTexts();
      assert.notEqual(outcomes[0], outcomes[1]);
      assert.equal(await example.locator('tr.alike').first().isVisible(), false, 'what differs is shown first');
      await on.is_accessible();
      await on.shoot('impact');
    },
  },
  {
    name: 'the page of an impact is accessible, fits a telephone, prints, and runs nothing of a record or clause',
    async check(on, made) {
      const { json } = impact(made), page = await open(on, made);
      await on.is_accessible();
      for (const width of [320, 360, 768]) await on.fits(width);
      await on.prints();
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      assert.equal(await page.locator('.example[open] .comparison').count() >= json.examples.length, true, 'paper has every example');
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.equal(await page.locator('.example[open]').count(), 0);
      for (const each of await page.locator('.example > summary').all()) await each.click();
      assert.equal(await page.evaluate(() => window.broken), undefined);
      assert.match(await page.locator('.edits').innerText(), /<\/script><script>window\.broken/);
      assert.match(await page.locator('#changed').innerText(), /"><script>/);
      assert.ok(hostile.id.startsWith('">'));
    },
  },
  {
    name: 'versions that decide alike make a page that says so',
    async check(on, made) {
      const page = await on.open(made.file('alike.html', made.rubric('diff', made.policy, made.policy, '--cases', made.records, '--format', 'html')));
      assert.match(await page.locator('#flow').innerText(), /No line changes its outcome/);
      assert.match(await page.locator('#edits-head').innerText(), /No clause differs/);
      await on.is_accessible();
    },
  },
];
