// The policy in JSON Logic, compiled to JavaScript by json-logic-engine. JSON Logic knows no third value and no calendar:
// Kleene's values are 0, 1 and 2 here, their `and` and `or` are its min and max, and two operators for dates are added. It cannot
// name a value and use it twice either: so a line is decided in four steps, each a rule over what the one before it made.

const val = (...path) => ({ val: path });
const current = (name) => val('current', name);
const missing = (value) => ({ '===': [value, null] });
// Yes or no, but neither where one of these is missing.
const known = (condition, ...values) => ({ if: [...values.flatMap((value) => [missing(value), 1]), condition, 2, 0] });
const all = (...values) => ({ min: values });
const any = (...values) => ({ max: values });
const not = (value) => ({ '-': [2, value] });

// What stands beside the list: two scopes up, past the one row and the list itself.
const beside = (name) => ({ val: [[2], name] });
const some = (list, condition) => ({ reduce: [val(list), any(val('accumulator'), condition), 0] });
const orOpen = (value, flag) => any(value, { if: [val(flag), 1, 0] });
// 1001 for a row that holds, 1 for one that might: both counts in one number.
const count = (list, condition) => ({
  reduce: [{ map: [val(list), condition.onRow] },
    { '+': [val('accumulator'), { if: [{ '===': [val('current'), 2] }, 1001, { '===': [val('current'), 1] }, 1, 0] }] }, 0],
});
const atLeast = (counted, flag, n) => ({
  if: [{ '>=': [counted, n * 1000] }, 2, { or: [val(flag), { '>=': [{ '%': [counted, 1000] }, n] }] }, 1, 0],
});

// A condition on a row, in a fold or, for counts, in a map: there the row itself is the scope.
const onRow = (condition) => ({ onRow: condition((name) => val(name)) });
const inFold = (condition) => condition(current);

const headache = (f) => known({ '<': [f('code'), 30] }, f('code'));
const injection = (f) => known({ '<': [f('code'), 2] }, f('code'));
const movement = (f) => known({ and: [{ '>=': [f('category'), 8] }, { '<=': [f('category'), 10] }] }, f('category'));
const drug = (f) => known({ '<': [f('category'), 5] }, f('category'));
const outcome = (f, ...words) => known({ or: words.map((word) => ({ '===': [f('outcome'), word] })) }, f('outcome'));
const is = (value, word) => known({ '===': [value, word] }, value);
const after = (a, b) => known({ '>': [a, b] }, a, b);
const from = (a, b) => known({ '>=': [a, b] }, a, b);
const before = (f) => all(injection(f), after(beside('date'), f('date')));

// Kleene's flags of a case come as true, false and null.
const flag = (name) => known(val(name), val(name));

const limits = [...[3, 6, 12, 24].map((n) => ({ monthsBefore: [val('date'), n] })), ...[28, 365].map((n) => ({ daysBefore: [val('date'), n] }))];

const counted = [
  { yearsBetween: [val('birth'), val('date')] },
  some('diagnoses', inFold(headache)),
  some('diagnoses', inFold((f) => known({ and: [{ '>=': [f('code'), 30] }, { '<': [f('code'), 35] }] }, f('code')))),
  some('diagnoses', inFold((f) => all(headache(f), from(beside('m3'), f('onset'))))),
  some('findings', inFold((f) =>
    all(is(f('type'), 0), is(f('activity'), 0), after(f('date'), beside('m6')), from(beside('date'), f('date'))))),
  some('findings', inFold((f) => all(is(f('type'), 0), any(known(f('taut'), f('taut')), known(f('referred'), f('referred')))))),
  count('trials', onRow((f) =>
    all(drug(f), outcome(f, 0, 3), known({ '>=': [f('ending'), { '+': [f('start'), 28] }] }, f('ending'), f('start')),
      after(f('start'), beside('m12'))))),
  some('trials', inFold((f) =>
    all(movement(f), outcome(f, 0), known({ '>=': [f('sessions'), 6] }, f('sessions')), after(f('ending'), beside('m12'))))),
  some('trials', inFold((f) => all(movement(f), outcome(f, 4)))),
  some('priors', inFold((f) => all(before(f), after(f('date'), beside('d28'))))),
  count('priors', onRow((f) => all(before(f), after(f('date'), beside('d365'))))),
  count('priors', onRow((f) => all(injection(f), known({ '<': [f('relief'), 500] }, f('relief'))))),
  some('priors', inFold((f) =>
    all(injection(f), is(f('response'), 2), known({ '>=': [f('relief'), 500] }, f('relief'))))),
  some('studies', inFold((f) => all(is(f('kind'), 0), is(f('result'), 0), after(f('date'), beside('m24'))))),
  some('priors', inFold(injection)),
  not(any(flag('infection'), flag('coagulopathy'), all(flag('anticoagulant'), not(flag('plan'))))),
  all(flag('education'), known({ '>=': [val('therapy'), 3] }, val('therapy'))),
  known({ '<=': [val('units'), 8] }, val('units')),
];

const of = (k) => val('counted', k);
const criteria = [
  known({ '>=': [of(0), 18] }, of(0)),
  of(1),
  not(of(2)),
  of(3),
  orOpen(of(4), 'findingsOpen'),
  orOpen(of(5), 'findingsOpen'),
  atLeast(of(6), 'trialsOpen', 2),
  orOpen(any(of(7), of(8)), 'trialsOpen'),
  not(orOpen(of(9), 'priorsOpen')),
  not(atLeast(of(10), 'priorsOpen', 4)),
  not(atLeast(of(11), 'priorsOpen', 3)),
  orOpen(of(12), 'priorsOpen'),
  orOpen(of(13), 'studiesOpen'),
  of(15),
  of(16),
  of(17),
  orOpen(of(14), 'priorsOpen'),
];

const v = (k) => val(k);
const rules = [
  all(v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(10), any(not(v(16)), v(11))),
  all(v(8), v(9), v(12), v(14), v(15)),
  v(13),
];
const [need, modest, safe] = [0, 1, 2].map((k) => val(k));
const approve = all(need, modest, safe), deny = any(all(not(need), safe), not(safe)), review = all(not(modest), safe);
const equals = (a, b) => ({ '===': [a, b] });
const decision = {
  if: [
    { and: [equals(approve, 2), equals(deny, 2)] }, 4,
    { and: [equals(review, 2), { or: [equals(approve, 0), equals(deny, 0)] }] }, 2,
    { or: [{ '>': [review, 0] }, equals(approve, 1), equals(deny, 1)] }, 5,
    equals(deny, 2), 1,
    equals(approve, 2), 0,
    3,
  ],
};

const utc = (day) => new Date(day * 86_400_000);
const monthsBefore = ([day, n]) => {
  if (day === null) return null;
  const at = utc(day), year = at.getUTCFullYear(), month = at.getUTCMonth() - n;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(at.getUTCDate(), last)) / 86_400_000;
};
const yearsBetween = ([a, b]) => {
  if (a === null || b === null) return null;
  const x = utc(a), y = utc(b), months = y.getUTCMonth() - x.getUTCMonth();
  return y.getUTCFullYear() - x.getUTCFullYear() - (months < 0 || (months === 0 && y.getUTCDate() < x.getUTCDate()) ? 1 : 0);
};

export async function prepare(require, cases) {
  const { LogicEngine } = require('json-logic-engine');
  const engine = new LogicEngine();
  engine.addMethod('monthsBefore', { method: monthsBefore, deterministic: true });
  engine.addMethod('daysBefore', { method: ([day, n]) => (day === null ? null : day - n), deterministic: true });
  engine.addMethod('yearsBetween', { method: yearsBetween, deterministic: true });
  const steps = [limits, counted, criteria, rules, decision].map((rule) => engine.build(rule));
  const decide = (c, line) => {
    const [m3, m6, m12, m24, d28, d365] = steps[0](line);
    const data = { ...c, date: line.date, units: line.units, m3, m6, m12, m24, d28, d365, counted: null };
    data.counted = steps[1](data);
    const found = steps[2](data);
    return { criteria: found, decision: steps[4](steps[3](found)) };
  };
  const each = (count) => {
    const found = [];
    for (let k = 0; k < count; ++k) for (const line of cases[k].lines) found.push(decide(cases[k], line));
    return found;
  };
  return { timed: 5000, run: each, turn: each };
}
