// Two determinations beside each other: of two cases, or of one case by two versions of a policy. What differs is marked,
// and can be had alone.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});
  const { el } = rubric;

  // The outline as a list; items' criteria behind those of the line.
  function outline(criteria, depth, item, out) {
    for (const each of criteria || []) {
      const where = each.item || item;
      out.push({ key: each.name + '\n' + where + '\n' + (each.layer || ''), depth, where, criterion: each });
      outline(each.criteria, depth + 1, where, out);
    }
    return out;
  }
  function outline_of(line) {
    const out = outline(line.criteria, 0, '', []);
    for (const each of line.items) outline(each.criteria, 0, each.item, out);
    return out;
  }

  // Both lists in one order: the first's, and what only the second has behind what it follows there.
  function merged(a, b) {
    const rows = a.map((each) => ({ key: each.key, sides: [each, null] }));
    const at = new Map(rows.map((each) => [each.key, each]));
    let behind = null;
    for (const each of b) {
      const known = at.get(each.key);
      if (known) known.sides[1] = each;
      else {
        const row = { key: each.key, sides: [null, each] };
        rows.splice(behind ? rows.indexOf(behind) + 1 : 0, 0, row);
        at.set(each.key, row);
      }
      behind = at.get(each.key);
    }
    return rows;
  }

  const said = (value) => (value.value === null ? value.cause || 'nothing' : value.value) + (value.against ? ', compared with ' + value.against : '');
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  function status_cell(side, other) {
    if (!side) return [el('span', { class: 'soft' }, 'not there')];
    const c = side.criterion;
    const values = (c.values || []).filter((each) => !other || !(other.criterion.values || []).some((that) => same([that.expression, said(that)], [each.expression, said(each)])));
    return [
      rubric.badge(rubric.named('statuses', c.status)),
      c.defeated ? el('span', { class: 'soft small' }, ' replaced by a layer: does not count') : null,
      el('p', { class: 'said' }, c.sentence || c.text),
      values.length > 0 && (!other || values.length < 20) ? el('ul', { class: 'values small' }, values.map((each) => el('li', { class: 'said' }, el('code', {}, each.expression), ': ' + said(each)))) : null,
    ];
  }

  function row(label, cells, differs, attributes) {
    return el('tr', { class: differs ? 'differs' : 'alike', role: 'row' },
      el('th', { scope: 'row', role: 'rowheader', ...attributes }, differs ? el('span', { class: 'sign' }, el('span', { 'aria-hidden': 'true' }, '≠ '), el('span', { class: 'only-heard' }, 'differs: ')) : null, label),
      cells.map((each) => el('td', { role: 'cell' }, each)));
  }

  const texts = (list) => (list.length === 0 ? el('span', { class: 'soft' }, 'none') : el('ul', {}, list.map((each) => el('li', { class: 'said' }, each))));
  const facts = [
    ['Outcome', (line) => [line.outcome, line.action], (line) => [rubric.badge(rubric.named('outcomes', line.outcome)), line.requiresClinician ? el('span', { class: 'soft small' }, ' a clinician must sign it') : null]],
    ['Service', (line) => [line.code, line.service], (line) => (line.code ? line.code.system + ' ' + line.code.code + ' ' : '') + (line.service || '')],
    ['Date', (line) => line.date, (line) => line.date || el('span', { class: 'soft' }, 'not documented')],
    ['Decided by', (line) => line.decidedBy, (line) => texts(line.decidedBy)],
    ['Defeated', (line) => line.defeated, (line) => texts(line.defeated)],
    ['Conditions', (line) => line.conditions.map((each) => each.text), (line) => texts(line.conditions.map((each) => each.text))],
    ['Modified', (line) => line.modified, (line) => texts(line.modified ? Object.entries(line.modified).map(([key, value]) => key + ': ' + (value === null ? 'removed' : typeof value === 'object' ? JSON.stringify(value) : value)) : [])],
    ['Missing', (line) => line.missing.map((each) => [each.fact, each.ask]), (line) => texts(line.missing.map((each) => each.ask || each.fact))],
  ];

  function line_table(sides, lines, label) {
    const empty = (value) => value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    const body = [];
    for (const [label, key, cell] of facts) {
      const keys = lines.map((each) => (each ? key(each) : null));
      if (keys.every(empty)) continue;
      body.push(row(label, lines.map((each) => (each ? cell(each) : el('span', { class: 'soft' }, 'no such line'))), !same(keys[0], keys[1])));
    }
    // Of a line that one side alone has, there is nothing to compare criterion by criterion.
    const [a, b] = lines.map((each, k) => (lines[1 - k] ? outline_of(each || lines[1 - k]) : []));
    for (const { sides: [left, right] } of merged(a, b)) {
      const one = left || right;
      const differs = !left || !right || left.criterion.status !== right.criterion.status;
      body.push(row([el('span', { class: 'name' }, one.criterion.name), one.where ? el('span', { class: 'soft' }, ' (' + one.where + ')') : null],
        [status_cell(left, right), status_cell(right, left)], differs, { class: 'criterion', style: '--depth:' + Math.min(one.depth, 6) }));
    }
    return el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label },
      el('table', { class: 'comparison', role: 'table', 'aria-label': label }, el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, el('th', { scope: 'col', role: 'columnheader' }, el('span', { class: 'only-heard' }, 'What')),
        sides.map((each) => el('th', { scope: 'col', role: 'columnheader' }, each.href ? el('a', { href: each.href }, each.name) : each.name)))), el('tbody', { role: 'rowgroup' }, body)));
  }

  let count = 0;

  // sides: two of {name, href, determination}. A heading of this level stands over each line; what: of which case; only:
  // what differs alone is shown at first.
  rubric.comparison = function (sides, { level = 2, what = '', only = false } = {}) {
    const number = ++count, root = el('div', { class: only ? 'compare only-differs' : 'compare' });
    const unread = sides.filter((each) => each.determination.rejected);
    if (unread.length > 0) {
      root.append(...unread.map((each) => el('p', { class: 'panel' }, each.name + ' could not be read: ', each.determination.rejected.map((why) => why.message).join('; '))));
      return root;
    }
    const box = el('input', { type: 'checkbox', id: 'only-' + number, checked: only, onchange: () => root.classList.toggle('only-differs', box.checked) });
    root.append(el('p', { class: 'only not-printed' }, box, el('label', { for: 'only-' + number }, ' Only what differs')));
    const sequences = [...new Set(sides.flatMap((each) => each.determination.lines.map((line) => line.sequence)))].sort((a, b) => a - b);
    for (const sequence of sequences) {
      const lines = sides.map((each) => each.determination.lines.find((line) => line.sequence === sequence) || null);
      root.append(el('section', { class: 'panel' }, el('h' + level, {}, 'Line ' + sequence), line_table(sides, lines, 'Line ' + sequence + what + ', both sides')));
    }
    return root;
  };
})();
