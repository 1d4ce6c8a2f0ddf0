// The lines of a report: read from the index, and how they are searched, filtered and sorted (list.js).
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {}), { el, short } = rubric;

  // What a row has beside the outcomes: records that could not be read, or that have no line.
  rubric.unread = { name: 'rejected', words: 'could not be read', mark: '!', style: 'bad' };
  rubric.lineless = { name: 'none', words: 'no lines', mark: '-', style: 'quiet' };
  rubric.outcomes = () => [...rubric.words.outcomes, rubric.lineless, rubric.unread];

  // What to ask for; else what the fact is.
  rubric.fact_words = ({ fact, ask }) =>
    ask || fact.replace(/^judgment:/, 'a reviewer\u2019s judgment of ').replace(/^line:/, 'the decision of line ');

  // A row of the list is a line of a request, or a record without one.
  rubric.site_rows = function (index) {
    const rows = [];
    const add = (row, ...texts) => rows.push({ missing: [], ...row, at: rows.length, text: [row.name, row.source, ...texts].join('\n').toLowerCase() });
    index.cases.forEach(([id, source, lines, rejected], number) => {
      const one = { number, name: id || source, source };
      if (rejected || lines.length === 0) {
        const says = (rejected || []).map(([pointer, message]) => (pointer ? pointer + ': ' : '') + message);
        add({ ...one, outcome: rejected ? rubric.unread : rubric.lineless, says }, ...says);
      }
      lines.forEach(([sequence, service_at, date, outcome, statuses, states, missing, decided_by, flags], place) => {
        const { code, service } = index.services[service_at];
        add({ ...one, place: place + 1, sequence, code, service, date, outcome: rubric.words.outcomes[outcome], rank: outcome, statuses, states, missing, decided_by, clinician: (flags & 1) !== 0, person: (flags & 2) !== 0 },
          code, service, date, decided_by, ...missing.map((each) => rubric.fact_words(index.facts[each])));
      });
    });
    return rows;
  };

  // Criteria and rules have a hexadecimal digit each, with a bit for each status that was seen.
  const has = (digits, at, bit) => digits !== undefined && (parseInt(digits[at], 16) & (1 << bit)) !== 0;
  // One of the names in one of the states, or in the one that is chosen.
  function bit_test(digits, names, states, name, state) {
    const at = names.indexOf(name), wanted = states.findIndex((each) => each.name === state);
    return (row) => (wanted >= 0 ? has(row[digits], at, wanted) : states.some((_, bit) => has(row[digits], at, bit)));
  }

  rubric.site_fields = function (index, rows) {
    const { statuses, states } = rubric.words;
    const criteria = index.criteria.map((each) => each.name), facts = index.facts.map((each) => each.fact);
    const used = new Set(rows.map((each) => each.outcome.name));
    const services = new Map();  // the codes there are, with their service's words where a line has them
    for (const { code, service } of index.services) if (code && !services.get(code)) services.set(code, service);
    const lined = (name, words) => (words && words !== name ? name + ': ' + short(words, 60) : name);
    const named = (list) => list.map((each) => [each.name, each.words]);
    const who = [['clinician', 'a clinician must sign'], ['person', 'a person must decide'], ['nobody', 'nobody has to']];
    return [
      { key: 'q', label: 'Search', test: rubric.search_test, chip: (v) => 'search: ' + v },
      { key: 'outcome', label: 'Outcome', options: [['', 'any'], ...named(rubric.outcomes().filter((each) => used.has(each.name)))],
        test: (v) => (row) => row.outcome.name === v, chip: (v) => 'outcome: ' + (rubric.outcomes().find((each) => each.name === v) || { words: v }).words },
      { key: 'criterion', label: 'Criterion', options: [['', 'any'], ...index.criteria.map((each) => [each.name, lined(each.name, each.sentence)])],
        test: (v, chosen) => bit_test('statuses', criteria, statuses, v, chosen.status),
        chip: (v, chosen) => 'criterion: ' + v + (chosen.status ? ' ' + rubric.named('statuses', chosen.status).words : '') },
      { key: 'status', of: 'criterion', label: 'Its status', options: [['', 'any'], ...named(statuses)] },
      { key: 'missing', label: 'Missing', options: [['', 'anything or nothing'], ...index.facts.map((each) => [each.fact, short(rubric.fact_words(each), 60) + (each.ask ? ' (' + each.fact + ')' : '')])],
        test: (v) => { const at = facts.indexOf(v); return (row) => row.missing.includes(at); },
        chip: (v) => 'missing: ' + rubric.fact_words(index.facts[facts.indexOf(v)] || { fact: v }) },
      { key: 'code', label: 'Code', options: [['', 'any'], ...[...services].map(([code, service]) => [code, lined(code, service)])], test: (v) => (row) => row.code === v, chip: (v) => 'code: ' + v },
      { key: 'rule', label: 'Rule', options: [['', 'any'], ...index.rules.map((each) => [each, each])],
        test: (v, chosen) => bit_test('states', index.rules, states, v, chosen.state),
        chip: (v, chosen) => 'rule: ' + v + (chosen.state ? ' ' + rubric.named('states', chosen.state).words : '') },
      { key: 'state', of: 'rule', label: 'Its state', options: [['', 'any'], ...named(states)] },
      { key: 'who', label: 'Who signs', options: [['', 'anyone'], ...who],
        test: (v) => (row) => (v === 'nobody' ? !row.clinician && !row.person : row[v]), chip: (v) => (who.find(([name]) => name === v) || ['', v])[1] },
    ];
  };

  // compare_box: (row) => the box that chooses the case for comparison; list_address: where the filters are kept.
  rubric.site_columns = function (index, compare_box, list_address) {
    const rank = (row) => (row.rank === undefined ? 99 : row.rank);
    const missing = (row) => row.missing.map((each) => rubric.fact_words(index.facts[each]));
    return [
      { key: 'compare', bare: true, label: 'Compare', heard: true, cell: compare_box },
      { key: 'case', label: 'Case', head: true, compare: rubric.by_text((row) => row.name), cell: (row) => [
        el('a', { href: rubric.case_address(row.number, list_address(), row.place && 'line-' + row.place), title: row.source }, row.name),
        row.sequence === undefined ? null : el('span', { class: 'soft' }, ' line ' + row.sequence)] },
      { key: 'service', bare: true, label: 'Service', compare: rubric.by_text((row) => (row.code || '') + ' ' + (row.service || '')), cell: (row) => row.sequence === undefined ? []
        : [el('span', { class: 'code' }, row.code || 'not documented'), ' ', el('span', { class: 'soft said' }, row.service)] },
      { key: 'date', label: 'Date', compare: rubric.by_text((row) => row.date), cell: (row) => row.date },
      { key: 'outcome', bare: true, label: 'Outcome', compare: (a, b) => rank(a) - rank(b), cell: (row) => [rubric.badge(row.outcome), row.clinician ? el('span', { class: 'soft small' }, ' a clinician signs') : null] },
      { key: 'decided', label: 'Decided by', compare: rubric.by_text((row) => row.decided_by), cell: (row) => (row.says ? row.says.map((each) => el('p', { class: 'said' }, each)) : row.decided_by) },
      { key: 'missing', label: 'Missing', compare: (a, b) => b.missing.length - a.missing.length, cell: (row) => {
        const [first, ...others] = missing(row);
        return first === undefined ? [] : [el('span', { class: 'said' }, short(first, 80)), others.length > 0 ? el('span', { class: 'soft', title: others.join('\n') }, ' and ' + others.length + ' more') : null];
      } },
    ];
  };
})();
