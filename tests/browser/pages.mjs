// The pages that the checks open, made by the binary from the repository's policies and from a record that means harm.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const policy = join(source, 'policies', 'trigger-point-injections');
// The tutorial's, whose few tests leave something unseen.
export const tutorial = join(source, 'docs', 'massage-therapy');

// Texts that break a page whose maker forgot to escape one.
export const hostile = {
  id: `"><script>window.broken = 'id'</script>`,
  text: `</script><script>window.broken = 'text'</script><img src=x onerror="window.broken = 'image'"> '"\`\${7*7} &lt; \u202eevitcennoc`,
  arabic: 'ألم في الظهر منذ ثلاثة أشهر',
  long: 'note '.repeat(2000),
};

export function make_pages(binary, folder) {
  // Exit 1 says that a record was rejected, or that a test failed: as expected here.
  const rubric = (...words) => {
    try {
      return execFileSync(binary, words, { cwd: source, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
    } catch (problem) {
      if (problem.status === 1) return problem.stdout;
      throw new Error(`rubric ${words.join(' ')}: ${problem.stderr || problem.message}`);
    }
  };
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const cases = readdirSync(join(policy, 'cases')).sort().map((name) => JSON.parse(readFileSync(join(policy, 'cases', name), 'utf8')));
  const bad = { ...cases[0], id: hostile.id, payer: hostile.text };
  bad.diagnoses = (bad.diagnoses || []).map((each) => ({ ...each, text: hostile.text + hostile.arabic + hostile.long }));
  bad.annotations = { ...bad.annotations, '/lines/0': { document: hostile.text, author: hostile.arabic } };
  bad.lines = bad.lines.map((each) => ({ ...each, service: hostile.text }));
  const records = file('cases.ndjson', [...cases, bad].map((each) => JSON.stringify(each)).join('\n') + '\n{"id": "cut", "lines": [\n');

  const site = join(folder, 'report');
  rubric('report', policy, records, '-o', site);
  return {
    folder, cases, bad, records, policy, tutorial, rubric, site, file,
    decided: JSON.parse(rubric('explain', policy, records, '--format', 'json')),
  };
}
