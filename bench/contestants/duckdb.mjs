// The policy as one prepared SQL statement over tables in memory, on one thread. Each list is read once, joined with the
// lines and aggregated by line, which is what a column store is quick at. Answers stay in DuckDB's columns while the clock runs.
// A list that is not complete counts as one more row of which nothing is known.

// Kleene's values as 0, 1, 2.
const kleene = (condition) => `CASE WHEN ${condition} THEN 2 WHEN (${condition}) IS NULL THEN 1 ELSE 0 END`;
const some = (condition) => `COALESCE(max(${kleene(condition)}), 0)`;
// How many rows hold, and how many might.
const count = (condition) => `count(*) FILTER (WHERE ${condition}), count(*) FILTER (WHERE (${condition}) IS NOT FALSE)`;
const atLeast = (name, open, n) =>
  `CASE WHEN COALESCE(${name}_low, 0) >= ${n} THEN 2 WHEN ${open} OR COALESCE(${name}_high, 0) >= ${n} THEN 1 ELSE 0 END`;

const injection = 'r.code < 2';
const folds = {
  d: ['diagnoses', 'diagnosed, excluded, pain',
    [some('r.code < 30'), some('r.code >= 30 AND r.code < 35'), some('r.code < 30 AND r.onset <= l.m3')]],
  f: ['findings', 'active, taut',
    [some('r.type = 0 AND r.activity = 0 AND r.date > l.m6 AND r.date <= l.date'), some('r.type = 0 AND (r.taut OR r.referred)')]],
  t: ['trials', 'drugs_low, drugs_high, failed, impossible',
    [count('r.category < 5 AND r.outcome IN (0, 3) AND r.ending >= r.start + 28 AND r.start > l.m12'),
      some('r.category BETWEEN 8 AND 10 AND r.outcome = 0 AND r.sessions >= 6 AND r.ending > l.m12'),
      some('r.category BETWEEN 8 AND 10 AND r.outcome = 4')]],
  p: ['priors', 'since, year_low, year_high, poor_low, poor_high, lasted, earlier',
    [some(`${injection} AND r.date > l.date - 28 AND r.date < l.date`), count(`${injection} AND r.date > l.date - 365 AND r.date < l.date`),
      count(`${injection} AND r.relief < 500`), some(`${injection} AND r.response = 2 AND r.relief >= 500`), some(injection)]],
  s: ['studies', 'imaged', [some('r.kind = 0 AND r.result = 0 AND r.date > l.m24')]],
};
const open = (value, flag) => `greatest(COALESCE(${value}, 0), CASE WHEN ${flag} THEN 1 ELSE 0 END)`;

const criteria = [
  kleene("date_sub('year', c.birth, l.date) >= 18"),
  'COALESCE(diagnosed, 0)',
  '2 - COALESCE(excluded, 0)',
  'COALESCE(pain, 0)',
  open('active', 'c.findings_open'),
  open('taut', 'c.findings_open'),
  atLeast('drugs', 'c.trials_open', 2),
  `greatest(${open('failed', 'c.trials_open')}, COALESCE(impossible, 0))`,
  `2 - ${open('since', 'c.priors_open')}`,
  `2 - ${atLeast('year', 'c.priors_open', 4)}`,
  `2 - ${atLeast('poor', 'c.priors_open', 3)}`,
  open('lasted', 'c.priors_open'),
  open('imaged', 'c.studies_open'),
  kleene('NOT (c.infection OR c.coagulopathy OR (c.anticoagulant AND NOT c.plan))'),
  kleene('c.education AND c.therapy >= 3'),
  kleene('l.units <= 8'),
  open('earlier', 'c.priors_open'),
];

const months = [3, 6, 12, 24].map((n) => `CAST(date - INTERVAL ${n} MONTH AS DATE) AS m${n}`).join(', ');
const statement = `
  CREATE OR REPLACE TEMP TABLE answers AS
  WITH l AS MATERIALIZED (SELECT line, id, date, units, ${months} FROM lines),
  ${Object.entries(folds).map(([alias, [table, names, values]]) =>
    `${alias}(line, ${names}) AS (SELECT l.line, ${values.join(', ')} FROM l JOIN ${table} r ON r.id = l.id GROUP BY l.line)`).join(',\n  ')},
  v AS (SELECT l.line, ${criteria.map((value, k) => `${value} AS v${k}`).join(',\n    ')}
    FROM l JOIN cases c ON c.id = l.id ${Object.keys(folds).map((alias) => `LEFT JOIN ${alias} ON ${alias}.line = l.line`).join(' ')}),
  g AS (SELECT *, least(v0, v1, v2, v3, v4, v5, v6, v7, v10, greatest(2 - v16, v11)) AS need, least(v8, v9, v12, v14, v15) AS modest FROM v),
  e AS (SELECT *, least(need, modest, v13) AS approve, greatest(least(2 - need, v13), 2 - v13) AS deny, least(2 - modest, v13) AS review
    FROM g)
  SELECT line, ${criteria.map((_, k) => `v${k}`).join(', ')}, CASE
    WHEN approve = 2 AND deny = 2 THEN 4
    WHEN review = 2 AND (approve = 0 OR deny = 0) THEN 2
    WHEN review > 0 OR approve = 1 OR deny = 1 THEN 5
    WHEN deny = 2 THEN 1 WHEN approve = 2 THEN 0 ELSE 3 END AS decision
  FROM e`;

const tables = {
  cases: 'id INTEGER, birth DATE, infection BOOLEAN, coagulopathy BOOLEAN, anticoagulant BOOLEAN, plan BOOLEAN, education BOOLEAN, '
    + 'therapy UTINYINT, findings_open BOOLEAN, trials_open BOOLEAN, priors_open BOOLEAN, studies_open BOOLEAN',
  lines: 'line INTEGER, id INTEGER, date DATE, units INTEGER',
  diagnoses: 'id INTEGER, code INTEGER, onset DATE',
  findings: 'id INTEGER, date DATE, type UTINYINT, activity UTINYINT, taut BOOLEAN, referred BOOLEAN',
  trials: 'id INTEGER, start DATE, ending DATE, sessions INTEGER, category UTINYINT, outcome UTINYINT',
  priors: 'id INTEGER, code INTEGER, date DATE, relief INTEGER, response UTINYINT',
  studies: 'id INTEGER, date DATE, kind UTINYINT, result UTINYINT',
};

export async function prepare(require, cases) {
  const duckdb = require('@duckdb/node-api');
  const instance = await duckdb.DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const appenders = {};
  for (const [name, columns] of Object.entries(tables)) {
    await connection.run(`CREATE TABLE ${name}(${columns})`);
    appenders[name] = { to: await connection.createAppender(name), types: columns.split(', ').map((column) => column.split(' ')[1]) };
  }
  const append = (name, values) => {
    const { to, types } = appenders[name];
    values.forEach((value, k) => {
      if (value === null) to.appendNull();
      else if (types[k] === 'DATE') to.appendDate(new duckdb.DuckDBDateValue(value));
      else if (types[k] === 'BOOLEAN') to.appendBoolean(value);
      else if (types[k] === 'UTINYINT') to.appendUTinyInt(value);
      else to.appendInteger(value);
    });
    to.endRow();
  };
  let line = 0;
  cases.forEach((c, id) => {
    append('cases', [id, c.birth, c.infection, c.coagulopathy, c.anticoagulant, c.plan, c.education, c.therapy, c.findingsOpen, c.trialsOpen,
      c.priorsOpen, c.studiesOpen]);
    for (const l of c.lines) append('lines', [line++, id, l.date, l.units]);
    for (const d of c.diagnoses) append('diagnoses', [id, d.code, d.onset]);
    for (const f of c.findings) append('findings', [id, f.date, f.type, f.activity, f.taut, f.referred]);
    for (const t of c.trials) append('trials', [id, t.start, t.ending, t.sessions, t.category, t.outcome]);
    for (const p of c.priors) append('priors', [id, p.code, p.date, p.relief, p.response]);
    for (const s of c.studies) append('studies', [id, s.date, s.kind, s.result]);
  });
  for (const { to } of Object.values(appenders)) to.closeSync();
  const prepared = await connection.prepare(statement);
  return {
    turn: () => prepared.run(),
    run: async () => {
      await prepared.run();
      const rows = await (await connection.run('SELECT * FROM answers ORDER BY line')).getRows();
      return rows.map((row) => ({ criteria: row.slice(1, -1).map(Number), decision: Number(row.at(-1)) }));
    },
  };
}
