// How many go from where to where, as bands between two columns: what moved, drawn to scale. The numbers stand in a table
// beside it, so that the picture is one thing to whoever does not see it.
(function () {
  'use strict';
  const rubric = (window.rubric = window.rubric || {});
  const { el, svg } = rubric;
  const label_size = 13, node = 10, least = 3, row = 20;

  // moves: {from, to, n}, names of outcomes. Redrawn at each width of its place, so that its letters keep their size.
  rubric.flow = function (place, moves) {
    const total = moves.reduce((sum, each) => sum + each.n, 0);
    const rank = (name) => rubric.words.outcomes.findIndex((each) => each.name === name);
    const outcome = (name) => rubric.named('outcomes', name);

    function column(side) {
      const nodes = new Map();
      for (const each of moves) nodes.set(each[side], (nodes.get(each[side]) || 0) + each.n);
      return [...nodes].sort((a, b) => rank(a[0]) - rank(b[0])).map(([name, n]) => ({ name, n }));
    }

    function draw() {
      const width = place.clientWidth, sides = { from: column('from'), to: column('to') };
      const bands = Math.min(260, 60 + 30 * moves.length);
      // Where both sides' words have no room beside each other, they stand one below the other.
      const narrow = width < 480, gap = narrow ? 26 : 12, aside = narrow ? 9 : 0;
      const tall = (n) => Math.max(least, (bands * n) / total);
      let height = 0;
      const at = {};
      for (const side of ['from', 'to']) {
        let y = 0;
        at[side] = {};
        for (const each of sides[side]) {
          const own = moves.filter((move) => move[side] === each.name).reduce((sum, move) => sum + tall(move.n), 0);
          at[side][each.name] = { y, height: own, next: y };
          y += Math.max(own, row) + gap;
        }
        height = Math.max(height, y - gap);
      }
      const parts = [];
      for (const move of moves) {
        const a = at.from[move.from], b = at.to[move.to], t = tall(move.n), x = node, z = width - node, mid = width / 2;
        const d = `M${x} ${a.next}C${mid} ${a.next} ${mid} ${b.next} ${z} ${b.next}V${b.next + t}C${mid} ${b.next + t} ${mid} ${a.next + t} ${x} ${a.next + t}Z`;
        parts.push(svg('path', { class: 'band ' + outcome(move.to).style, d }, svg('title', {}, said(move))));
        a.next += t, b.next += t;
      }
      const text = (side, each) => {
        const { y, height: own } = at[side][each.name], left = side === 'from';
        return [
          svg('rect', { class: 'node ' + outcome(each.name).style, x: left ? 0 : width - node, y, width: node, height: own }),
          svg('text', { class: 'node-words', x: left ? node + 6 : width - node - 6, y: y + Math.max(own, row) / 2 + (left ? -aside : aside), 'text-anchor': left ? 'start' : 'end', 'dominant-baseline': 'central', 'font-size': label_size },
            outcome(each.name).mark + ' ' + outcome(each.name).words + ' ' + rubric.number(each.n)),
        ];
      };
      for (const side of ['from', 'to']) for (const each of sides[side]) parts.push(...text(side, each));
      place.replaceChildren(
        el('p', { class: 'flow-heads small soft', 'aria-hidden': 'true' }, el('span', {}, 'before'), el('span', {}, 'after')),
        svg('svg', { class: 'flow', role: 'img', 'aria-label': 'Lines whose outcome changes: ' + moves.map(said).join('; '), width, height: height + 2 + 2 * aside, viewBox: `0 ${-aside} ${width} ${height + 2 + 2 * aside}` }, parts));
    }
    const said = (move) => rubric.number(move.n) + ' from ' + outcome(move.from).words + ' to ' + outcome(move.to).words;

    let drawn = 0;
    new ResizeObserver(() => {
      if (place.clientWidth === drawn || place.clientWidth === 0) return;
      drawn = place.clientWidth;
      draw();
    }).observe(place);
    draw();
  };
})();
