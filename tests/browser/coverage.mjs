// The page of a test run and of what the tests cover.

import { assert } from './page.mjs';


export const checks = [
  {
    name: 'the page of a test run embeds what --format json gives, and shows what no test has seen',
    async check(on, made) {
      const words = ['test', made.tutorial, '--coverage'];
      const json = JSON.parse(made.rubric(...words, '--format', 'json'));
      const page = await on.open(made.file('tests.html', made.rubric(...words, '--format', 'html')));
      await page.locator('#lines tr').first().waitFor();
      assert.deepEqual(await on.json('results'), json);
      const { coverage } = json.find((each) => each.coverage), tests = json.filter((each) => each.test !== undefined);
      assert.match(await page.locator('#summary').innerText(), new RegExp(`^${tests.filter((each) => each.passed).length} tests passed, 0 failed`));
      assert.match(await page.locator('.share-row').first().innerText(), new RegExp(`${coverage.seen} of ${coverage.wanted} states`));
      assert.match(await page.locator('#found').innerText(), new RegExp(`^${coverage.clauses.length} clauses`));

      const states = (clause) => (Array.isArray(clause.states) ? clause.states : Object.values(clause.states).map((seen) => ({ seen })));
      const never = coverage.clauses.filter((clause) => states(clause).some((each) => each.seen === 0 && !each.impossible));
      await page.getByLabel('Seen', { exact: true }).selectOption('never');
      assert.match(await page.locator('#found').innerText(), new RegExp(`^${never.length} of `));
      assert.equal(await page.locator('#lines tr').count(), Math.min(50, never.length));
      assert.equal(await page.locator('#lines tr').first().locator('.state.never').count() > 0, true);
      await page.goBack();

      await page.locator('.bars .choice').filter({ hasText: 'rule' }).first().click();
      for (const kind of await page.locator('#lines .col-kind').allInnerTexts()) assert.match(kind, /^(Kind: )?rule$/);
      await on.is_accessible();
      for (const width of [320, 360, 768]) await on.fits(width);
      await on.shoot('tests');
      await page.locator('.all-tests summary').click();
      assert.equal(await page.locator('.all-tests .test-list > li').count(), tests.length);
      await on.is_accessible();
      await on.prints();
    },
  },
];
