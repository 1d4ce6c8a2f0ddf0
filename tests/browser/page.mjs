// A page that is open in the browser, and what all checks ask of one. Whatever a page prints as an error, every request
// that leaves the disk and every dialog makes its check fail.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export class Page {
  constructor(page, { axe, shots }) {
    this.page = page;
    this.axe = axe;
    this.shots = shots;
    this.problems = [];
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') this.problems.push(message.text()); });
    page.on('dialog', (dialog) => { this.problems.push('a dialog: ' + dialog.message()); dialog.dismiss(); });
    page.on('request', (request) => { if (!/^(file|data|blob):/.test(request.url())) this.problems.push('a request to ' + request.url()); });
  }

  async open(file, rest = '') {
    await this.page.goto(pathToFileURL(file).href + rest, { waitUntil: 'load' });
    return this.page;
  }

  finish() {
    assert.deepEqual(this.problems, []);
  }

  // What the page embeds as JSON.
  json(id) {
    return this.page.evaluate((id) => JSON.parse(document.getElementById(id).textContent), id);
  }

  async theme(name) {
    if ((await this.page.evaluate(() => document.documentElement.dataset.theme)) !== name) await this.page.click('[data-do=theme]');
    assert.equal(await this.page.evaluate(() => document.documentElement.dataset.theme), name);
  }

  // No violation in either set of colours, and nothing wider than a telephone.
  async is_accessible() {
    for (const theme of ['light', 'dark']) {
      await this.theme(theme);
      await this.page.evaluate(this.axe);
      const found = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      assert.deepEqual(found.violations.map((each) => `${theme}: ${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 120) + ' | ' + node.failureSummary).join(' ;; ')}`), []);
    }
    await this.theme('light');
  }

  async fits(width) {
    const before = this.page.viewportSize();
    await this.page.setViewportSize({ width, height: 800 });
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide at ${width}`);
    await this.page.setViewportSize(before);
  }

  // Pictures for eyes, where they are asked for.
  async shoot(name, themes = ['light', 'dark']) {
    if (!this.shots) return;
    mkdirSync(this.shots, { recursive: true });
    const before = this.page.viewportSize();
    for (const theme of themes) {
      await this.theme(theme);
      for (const width of [360, 768, 1280]) {
        await this.page.setViewportSize({ width, height: 900 });
        await this.page.screenshot({ path: join(this.shots, `${name}-${theme}-${width}.png`), fullPage: true });
      }
    }
    await this.page.setViewportSize(before);
    await this.theme('light');
  }

  // A page as paper: what is not printed is gone, and the document is a PDF.
  async prints(gone = '.banner-tools') {
    await this.page.emulateMedia({ media: 'print' });
    assert.equal(await this.page.locator(gone).first().isVisible(), false, `${gone} is printed`);
    const ground = await this.page.evaluate(() => getComputedStyle(document.querySelector('.panel, main')).color);
    await this.page.emulateMedia({ media: null });
    const pdf = await this.page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.ok(pdf.length > 5000, 'the PDF is empty');
    return { pdf, ground };
  }
}

export { assert };
