// One contestant that is a package for Node: decides the cases, writes its answers, and says what a case took.
//
//   run.mjs NAME PACKAGES CASES ANSWERS ROUNDS
//
// Exit status 3 says that its package does not load. CASES are rubric_bench's plain structures, a line of JSON a case: days and words as numbers, null where a field is missing.
// ANSWERS get one line a line: a letter for each criterion and the number of the decision. A contestant brings its own form of the
// cases before any clock runs; it decides all of them once, which also warms it, and then in turns as many as it says. The
// fastest turn counts, by the time that the processors spent on this process.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [name, packages, casesFile, answersFile, rounds] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const cases = readFileSync(casesFile, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
const { prepare } = await import(`./${name}.mjs`);
const contestant = await prepare((wanted) => {
  try {
    return require(wanted);
  } catch {
    process.exit(3);
  }
}, cases);

const letters = 'n?y';
const answers = await contestant.run(cases.length);
const lines = answers.map(({ criteria, decision }) => `${criteria.map((k) => letters[k]).join('')} ${decision}\n`);
writeFileSync(answersFile, lines.join(''));

const timed = Math.min(cases.length, contestant.timed ?? cases.length);
let best = Infinity;
for (let round = 0; round < Number(rounds); ++round) {
  const begin = process.cpuUsage();
  await contestant.turn(timed);
  const { user, system } = process.cpuUsage(begin);
  best = Math.min(best, user + system);
}
console.log(JSON.stringify({ microseconds_a_case: best / timed, cases: timed }));
// Workers of a package may still be about.
process.exit(0);
