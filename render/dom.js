// Making what a page shows from data: elements, pictures, badges. Texts become text, never markup.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});

  // Characters that would hide or turn around what a reader sees, made visible as in everything else that Rubric writes
  // (base/text.cpp); line ends and tabs stay.
  const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
  const visible = (text) => String(text).replace(hidden, (each) => '\\u{' + each.codePointAt(0).toString(16) + '}');

  function fill(element, attributes, inside) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? '' : name === 'value' || name === 'href' ? value : visible(value));
    }
    for (const each of inside.flat(Infinity)) {
      if (each !== null && each !== undefined && each !== false) element.append(each instanceof Node ? each : visible(each));
    }
    return element;
  }

  rubric.el = (tag, attributes, ...inside) => fill(document.createElement(tag), attributes, inside);
  rubric.svg = (tag, attributes, ...inside) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, inside);

  const words = document.getElementById('words');
  rubric.words = words ? JSON.parse(words.textContent) : null;
  // The row of a name: {name, words, mark, style}.
  rubric.named = (list, name) => rubric.words[list].find((each) => each.name === name) || { name, words: name, mark: '', style: 'plain' };

  // Symbol, word and colour, always the three together.
  rubric.badge = (row) =>
    rubric.el('span', { class: 'badge ' + row.style }, rubric.el('span', { class: 'mark', 'aria-hidden': 'true' }, row.mark), rubric.el('span', {}, row.words));

  rubric.number = (n) => n.toLocaleString('en-US');
  rubric.counted = (n, one, many) => rubric.number(n) + ' ' + (n === 1 ? one : many || one + 's');
  rubric.percent = (n, of) => (of === 0 ? '0 %' : n > 0 && n * 1000 < of ? 'under 0.1 %' : Math.round((n * 1000) / of) / 10 + ' %');

  // Textures, once a page: a bar can be read without its colours.
  function textures() {
    if (document.getElementById('texture-open')) return;
    const texture = (style, ...lines) =>
      rubric.svg('pattern', { id: 'texture-' + style, width: 6, height: 6, patternUnits: 'userSpaceOnUse' }, rubric.svg('rect', { class: 'share ' + style, width: 6, height: 6 }), lines);
    const line = (d) => rubric.svg('path', { class: 'texture', d });
    document.body.append(rubric.svg('svg', { width: 0, height: 0, 'aria-hidden': 'true', class: 'textures' }, rubric.svg('defs', {},
      texture('open', line('M-1 7L7 -1M-1 1L1 -1M5 7L7 5')), texture('quiet', line('M0 1.5H6M0 4.5H6')), texture('bad', line('M1.5 0V6')))));
  }

  // Shares as one bar; what they say stands beside it in words. Each share: {n, style}.
  rubric.bar = function (shares, of, label) {
    textures();
    let x = 0;
    const parts = [];
    for (const each of shares) {
      if (!each.n) continue;
      const width = (100 * each.n) / of;
      parts.push(rubric.svg('rect', { class: 'share ' + each.style, x: x + '%', y: 0, width: width + '%', height: '100%' }));
      x += width;
      if (x < 99.99) parts.push(rubric.svg('line', { class: 'cut', x1: x + '%', x2: x + '%', y1: 0, y2: '100%' }));
    }
    const named = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' };
    return rubric.svg('svg', { class: 'bar', width: '100%', height: 14, focusable: 'false', ...named }, parts);
  };
})();
