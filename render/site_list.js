// The lines of a report as the list shows them: read from the index, matched with what the reader chose, sorted. It
// knows nothing of how they are shown.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});
  const order = new Intl.Collator('en', { numeric: true });

  // What stands for a record that could not be read, beside the outcomes.
  rubric.unread = { name: 'rejected', words: 'could not be read', mark: '!', style: 'bad' };

  // What to ask for; else what the fact is.
  rubric.fact_words = ({ fact, ask }) =>
    ask || fact.replace(/^judgment:/, 'a reviewer\u2019s judgment of ').replace(/^line:/, 'the decision of line ');

  // A row of the list is a line of a request, or a record that could not be read.
  rubric.rows = function (index) {
    const rows = [];
    index.cases.forEach(([id, source, lines, rejected], number) => {
      const name = id || source;
      if (rejected || lines.length === 0) {
        const says = (rejected || []).map(([pointer, message]) => (pointer ? pointer + ': ' : '') + message);
        const outcome = rejected ? rubric.unread : { name: 'none', words: 'no lines', mark: '-', style: 'quiet' };
        rows.push({ number, name, source, outcome, says, missing: [], at: rows.length, text: [name, source, ...says].join('\n').toLowerCase() });
      }
      for (const [sequence, service_at, date, outcome, statuses, states, missing, decided_by, flags] of lines) {
        const { code, service } = index.services[service_at];
        rows.push({
          number, name, source, sequence, code, service, date, outcome: rubric.words.outcomes[outcome], rank: outcome, statuses, states, missing, decided_by,
          clinician: (flags & 1) !== 0, person: (flags & 2) !== 0, at: rows.length,
          text: [name, source, code, service, date, decided_by, ...missing.map((each) => index.facts[each].ask)].join('\n').toLowerCase(),
        });
      }
    });
    return rows;
  };

  // Criteria and rules have a hexadecimal digit each, with a bit for each status that was seen.
  const has = (digits, at, bit) => digits !== undefined && (parseInt(digits[at], 16) & (1 << bit)) !== 0;
  rubric.has_status = (row, criterion, status) => has(row.statuses, criterion, status);
  rubric.has_state = (row, rule, state) => has(row.states, rule, state);

  // One test for each thing that can be chosen; the choice is a text, as the address has it.
  function tests(index) {
    const place = (list, name, key) => list.findIndex((each) => (key ? each[key] : each) === name);
    const any = (list, test) => list.some((_, k) => test(k));
    return {
      q: (words) => {
        const all = words.toLowerCase().split(/\s+/).filter(Boolean);
        return (row) => all.every((each) => row.text.includes(each));
      },
      outcome: (name) => (row) => row.outcome.name === name,
      criterion: (name, chosen) => {
        const at = place(index.criteria, name, 'name'), status = place(rubric.words.statuses, chosen.status, 'name');
        return (row) => (status >= 0 ? rubric.has_status(row, at, status) : any(rubric.words.statuses, (k) => rubric.has_status(row, at, k)));
      },
      rule: (name, chosen) => {
        const at = place(index.rules, name), state = place(rubric.words.states, chosen.state, 'name');
        return (row) => (state >= 0 ? rubric.has_state(row, at, state) : any(rubric.words.states, (k) => rubric.has_state(row, at, k)));
      },
      missing: (fact) => {
        const at = place(index.facts, fact, 'fact');
        return (row) => row.missing.includes(at);
      },
      code: (name) => (row) => row.code === name,
      who: (who) => (row) => (who === 'clinician' ? row.clinician : who === 'person' ? row.person : !row.clinician && !row.person),
    };
  }

  // The rows that match what is chosen; `but`: as if this one were not chosen.
  rubric.matching = function (index, rows, chosen, but) {
    const wanted = Object.entries(tests(index)).filter(([key]) => chosen[key] && key !== but).map(([key, test]) => test(chosen[key], chosen));
    return wanted.length === 0 ? rows : rows.filter((row) => wanted.every((test) => test(row)));
  };

  const keys = {
    case: (a, b) => order.compare(a.name, b.name),
    service: (a, b) => order.compare(a.code || '', b.code || '') || order.compare(a.service || '', b.service || ''),
    date: (a, b) => order.compare(a.date || '', b.date || ''),
    outcome: (a, b) => (a.rank === undefined ? 99 : a.rank) - (b.rank === undefined ? 99 : b.rank),
    decided: (a, b) => order.compare(a.decided_by || '', b.decided_by || ''),
    missing: (a, b) => b.missing.length - a.missing.length,
  };
  // By "outcome" or "-outcome"; what is equal, and everything without a key, stays in the order of the records.
  rubric.sorted = function (rows, by) {
    const key = keys[(by || '').replace('-', '')], sign = (by || '').startsWith('-') ? -1 : 1;
    return key ? rows.slice().sort((a, b) => sign * key(a, b) || a.at - b.at) : rows;
  };
})();
