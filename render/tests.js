// The page of a test run: what failed, and what of each policy no test has seen, from the JSON that the page embeds. Kinds
// of clauses, states and figures are shown as they come.
(function () {
  'use strict';
  const rubric = window.rubric, { el, short } = rubric;
  const results = JSON.parse(document.getElementById('results').textContent);
  const tests = results.filter((each) => each.test !== undefined), covered = results.filter((each) => each.coverage), mutated = results.filter((each) => each.mutation);
  const root = document.getElementById('tests');
  const failed = tests.filter((each) => !each.passed);
  const policies = [...new Set(results.map((each) => each.policy))];
  document.getElementById('summary').textContent = rubric.counted(tests.length - failed.length, 'test') + ' passed, ' + rubric.number(failed.length) + ' failed, ' + rubric.counted(policies.length, 'policy', 'policies');

  // "notMet" as "not met": statuses and states of rules in their own words, other names as they are.
  const state_words = (name) => ([...rubric.words.statuses, ...rubric.words.states, ...rubric.words.outcomes].find((each) => each.name === name) || { words: name }).words;
  const passed_badge = (passed) => rubric.badge(passed ? { words: 'passed', mark: '✓', style: 'good' } : { words: 'failed', mark: '✗', style: 'bad' });

  function states_of(clause) {
    const list = Array.isArray(clause.states) ? clause.states : Object.entries(clause.states).map(([state, seen]) => ({ state, seen }));
    return list.map((each) => ({ ...each, kind: each.impossible ? 'impossible' : each.seen > 0 ? 'seen' : 'never' }));
  }
  const rows = [];
  for (const { policy, coverage } of covered) {
    for (const clause of coverage.clauses) {
      const states = states_of(clause), count = (kind) => states.filter((each) => each.kind === kind).length;
      rows.push({ at: rows.length, policy, kind: clause.kind, name: clause.name, place: clause.place || '', states, never: count('never'), seen: count('seen'), impossible: count('impossible'),
        text: [policy, clause.kind, clause.name, clause.place, ...states.map((each) => each.state + ' ' + (each.why || ''))].join('\n').toLowerCase() });
    }
  }

  function share(seen, wanted, one, many) {
    return el('div', { class: 'share-row' }, el('span', { class: 'percent' }, wanted === 0 ? '100 %' : Math.floor((1000 * seen) / wanted) / 10 + ' %'),
      el('span', { class: 'soft small' }, rubric.number(seen) + ' of ' + rubric.counted(wanted, one, many)),
      rubric.bar([{ n: seen, style: 'good' }, { n: wanted - seen, style: 'open' }], Math.max(1, wanted)));
  }

  function policy_panel(policy, k) {
    const own = tests.filter((each) => each.policy === policy), bad = own.filter((each) => !each.passed);
    const coverage = (covered.find((each) => each.policy === policy) || {}).coverage;
    const mine = rows.filter((each) => each.policy === policy);
    const by_kind = [...new Set(mine.map((each) => each.kind))].map((kind) => {
      const of = mine.filter((each) => each.kind === kind);
      const seen = of.reduce((sum, each) => sum + each.seen, 0), wanted = seen + of.reduce((sum, each) => sum + each.never, 0);
      const pick = () => { list.pick({ ...Object.fromEntries(list_keys.map((key) => [key, ''])), policy: policies.length > 1 ? policy : '', kind, seen: wanted > seen ? 'never' : '' }); document.getElementById('list').focus(); };
      return el('li', {}, el('button', { type: 'button', class: 'choice', onclick: pick },
        el('span', { class: 'name' }, kind), el('span', { class: 'count' }, rubric.number(seen)), el('span', { class: 'of soft' }, 'of ' + rubric.number(wanted)),
        rubric.bar([{ n: seen, style: 'good' }, { n: wanted - seen, style: 'open' }], Math.max(1, wanted))));
    });
    return el('section', { class: 'panel', 'aria-labelledby': 'policy-' + k },
      el('h2', { id: 'policy-' + k }, policy),
      el('p', { class: 'counts' }, bad.length > 0 ? [rubric.badge({ words: rubric.number(bad.length) + ' failed', mark: '✗', style: 'bad' }), ' '] : null,
        rubric.badge({ words: rubric.number(own.length - bad.length) + ' passed', mark: '✓', style: own.length > bad.length ? 'good' : 'quiet' })),
      coverage ? [share(coverage.seen, coverage.wanted, 'state'), coverage.conditions ? share(coverage.conditions.seen, coverage.conditions.wanted, 'member of conditions', 'members of conditions') : null, el('ul', { class: 'bars' }, by_kind)] : null);
  }

  function test_item(each) {
    const has_more = each.failures.length > 0 || each.notes.length > 0;
    const head = [passed_badge(each.passed), ' ', el('span', { class: 'said' }, each.test), policies.length > 1 ? el('span', { class: 'soft small' }, ' ' + each.policy) : null];
    if (!has_more) return el('li', {}, head);
    return el('li', {}, head, el('dl', { class: 'why' }, each.failures.map((failure) => [
      el('dt', {}, 'expected' + (failure.place ? ' (' + failure.place + ')' : '')), el('dd', { class: 'said' }, failure.expected),
      el('dt', {}, 'is'), el('dd', { class: 'said' }, failure.actual),
      failure.trace ? [el('dt', {}, 'because'), el('dd', {}, el('pre', {}, failure.trace))] : null,
    ]), each.notes.map((note) => [el('dt', {}, 'note'), el('dd', { class: 'said' }, note)])));
  }

  function mutants(policy, mutation) {
    const open = mutation.mutants.filter((each) => each.fate !== 'killed');
    return el('details', { class: 'panel' }, el('summary', {}, el('h2', {}, 'Mistakes in the policy, and whether a test would notice them: ' + policy)),
      share(mutation.killed, mutation.relevant, 'mistake noticed', 'mistakes noticed'),
      el('ul', { class: 'mutants' }, open.map((each) => el('li', {}, el('p', {}, el('span', { class: 'name' }, each.clause), ' ', el('span', { class: 'soft' }, each.kind + ', ' + each.fate + (each.place ? ', ' + each.place : ''))),
        el('pre', {}, el('del', {}, '- ' + each.before), '\n', el('ins', {}, '+ ' + each.after)), each.by ? el('p', { class: 'soft said' }, each.by) : null,
          each.killer ? el('p', { class: 'said' }, 'A case would notice it: expected ' + each.killer.expect.join(', ') + ', not ' + each.killer.instead.join(', ') + '.') : null))));
  }

  const chip = (each) => el('li', { class: 'state ' + each.kind, title: each.impossible || each.why || null },
    el('span', { 'aria-hidden': 'true' }, { seen: '✓ ', never: '? ', impossible: '- ' }[each.kind]), state_words(each.state),
    el('span', { class: 'soft' }, { seen: ' ' + rubric.number(each.seen), never: ' never', impossible: ' cannot be' }[each.kind]),
    each.kind === 'never' && each.why ? el('span', { class: 'small said' }, ' (' + each.why + ')') : null);
  const list = rubric.list({
    rows, describe: 'What the tests have seen', placeholder: 'clause, kind, state',
    fields: [
      { key: 'q', label: 'Search', test: rubric.search_test, chip: (v) => 'search: ' + v },
      ...(policies.length > 1 ? [{ key: 'policy', label: 'Policy', options: [['', 'any'], ...policies.map((each) => [each, each])], test: (v) => (row) => row.policy === v, chip: (v) => v }] : []),
      { key: 'kind', label: 'Kind', options: [['', 'any'], ...[...new Set(rows.map((each) => each.kind))].map((each) => [each, each])], test: (v) => (row) => row.kind === v, chip: (v) => 'kind: ' + v },
      { key: 'seen', label: 'Seen', options: [['', 'all clauses'], ['never', 'with something never seen'], ['all', 'seen in full'], ['impossible', 'with something that cannot be']],
        test: (v) => (row) => ({ never: row.never > 0, all: row.never === 0, impossible: row.impossible > 0 })[v],
        chip: (v) => ({ never: 'something never seen', all: 'seen in full', impossible: 'something that cannot be' })[v] },
    ],
    columns: [
      { key: 'clause', label: 'Clause', head: true, compare: rubric.by_text((row) => row.name), cell: (row) => [el('span', { class: 'name' }, short(row.name, 120)), row.place ? el('code', { class: 'soft place' }, row.place) : null] },
      { key: 'kind', label: 'Kind', compare: rubric.by_text((row) => row.kind), cell: (row) => row.kind },
      { key: 'states', label: 'Seen', bare: true, cell: (row) => el('ul', { class: 'states' }, row.states.map(chip)) },
      { key: 'never', label: 'Never seen', compare: (a, b) => b.never - a.never, cell: (row) => (row.never === 0 ? [] : rubric.number(row.never)) },
    ],
    count_words: (found) => (found.length === rows.length ? rubric.counted(rows.length, 'clause') : rubric.number(found.length) + ' of ' + rubric.counted(rows.length, 'clause')),
  });
  const list_keys = ['q', 'policy', 'kind', 'seen'].filter((key) => key !== 'policy' || policies.length > 1);

  const told = tests.filter((each) => !each.passed || each.notes.length > 0), quiet = tests.filter((each) => each.passed && each.notes.length === 0);
  root.replaceChildren(
    el('div', { class: 'policies' }, policies.map(policy_panel)),
    ...(failed.length > 0 ? [el('section', { class: 'panel', 'aria-labelledby': 'failed' }, el('h2', { id: 'failed' }, 'Failed'), el('ul', { class: 'test-list' }, failed.map(test_item)))] : []),
    ...(rows.length > 0 ? [list.element] : []),
    ...mutated.map((each) => mutants(each.policy, each.mutation)),
    el('details', { class: 'panel all-tests' }, el('summary', {}, el('h2', {}, 'All tests')), el('ul', { class: 'test-list' }, [...told, ...quiet].map(test_item))));
  if (rows.length > 0) list.start();
})();
