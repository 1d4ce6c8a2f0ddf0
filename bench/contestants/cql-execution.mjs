// headache.cql, translated to ELM ahead, in the engine of the electronic clinical quality measures. Records are tuples with
// its own dates; a case is one evaluation of `Answers`, which has all its lines.
import { readFileSync } from 'node:fs';

const day = (cql, n) => {
  if (n === null) return null;
  const date = new Date(n * 86_400_000);
  return new cql.Date(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
};

export async function prepare(require, cases) {
  const cql = require('cql-execution');
  const elm = JSON.parse(readFileSync(new URL('headache.elm.json', import.meta.url), 'utf8'));
  const library = new cql.Library(elm, new cql.Repository({}));
  const records = cases.map((c) => ({
    ...c,
    birth: day(cql, c.birth),
    lines: c.lines.map((l) => ({ ...l, date: day(cql, l.date) })),
    diagnoses: c.diagnoses.map((d) => ({ ...d, onset: day(cql, d.onset) })),
    findings: c.findings.map((f) => ({ ...f, date: day(cql, f.date) })),
    trials: c.trials.map((t) => ({ ...t, start: day(cql, t.start), ending: day(cql, t.ending) })),
    priors: c.priors.map((p) => ({ ...p, date: day(cql, p.date) })),
    studies: c.studies.map((s) => ({ ...s, date: day(cql, s.date) })),
  }));
  const expression = library.expressions.Answers;
  const decide = (record) => expression.execute(new cql.UnfilteredContext(library, { results: {} }, undefined, { Record: record }));
  const each = async (count) => {
    const found = [];
    for (let k = 0; k < count; ++k) found.push(...(await decide(records[k])));
    return found;
  };
  return {
    timed: 300,
    run: async (count) =>
      (await each(count)).map(({ criteria, decision }) => ({ criteria: Object.values(criteria), decision })),
    turn: each,
  };
}
