# Made by ./dev docs from the tables in cli/.
# Put it into ~/.local/share/bash-completion/completions/rubric
_rubric() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W 'check run explain report test diff compare whatif fmt compile disasm eval conformance schema generate snapshot docs --help --version' -- "$word")); return; fi
  case ${COMP_WORDS[1]}:$before in
    check:--cases | check:-c) COMPREPLY=($(compgen -f -- "$word")); return ;;
    check:--timeout | check:-t) return ;;
    check:--format | check:-f) COMPREPLY=($(compgen -W 'text json sarif' -- "$word")); return ;;
    check:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    run:--format | run:-f) COMPREPLY=($(compgen -W 'text json ndjson' -- "$word")); return ;;
    run:--as-of) return ;;
    run:--now) return ;;
    run:--threads | run:-j) return ;;
    run:--keep | run:-k) COMPREPLY=($(compgen -f -- "$word")); return ;;
    run:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    explain:--id) return ;;
    explain:--line | explain:-l) return ;;
    explain:--as-of) return ;;
    explain:--now) return ;;
    explain:--format | explain:-f) COMPREPLY=($(compgen -W 'text json html' -- "$word")); return ;;
    explain:--audience) COMPREPLY=($(compgen -W 'reviewer member' -- "$word")); return ;;
    explain:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    report:--output | report:-o) COMPREPLY=($(compgen -d -- "$word")); return ;;
    report:--as-of) return ;;
    report:--threads | report:-j) return ;;
    report:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    test:--filter) return ;;
    test:--fail-under) return ;;
    test:--junit) COMPREPLY=($(compgen -f -- "$word")); return ;;
    test:--format | test:-f) COMPREPLY=($(compgen -W 'text json html' -- "$word")); return ;;
    test:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    diff:--cases | diff:-c) COMPREPLY=($(compgen -f -- "$word")); return ;;
    diff:--as-of) return ;;
    diff:--format | diff:-f) COMPREPLY=($(compgen -W 'text json html' -- "$word")); return ;;
    diff:--threads | diff:-j) return ;;
    diff:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    compare:--rows | compare:-r) return ;;
    compare:--timeout | compare:-t) return ;;
    compare:--record | compare:-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    compare:--format | compare:-f) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    compare:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    whatif:--id) return ;;
    whatif:--line | whatif:-l) return ;;
    whatif:--to) COMPREPLY=($(compgen -W 'approved approve approveWithConditions modify deny pend review notRequired gap conflict' -- "$word")); return ;;
    whatif:--only) return ;;
    whatif:--fixed) return ;;
    whatif:--free) return ;;
    whatif:--limit) return ;;
    whatif:--facts) return ;;
    whatif:--tries) return ;;
    whatif:--record | whatif:-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    whatif:--as-of) return ;;
    whatif:--format | whatif:-f) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    whatif:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    fmt:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    compile:--output | compile:-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    compile:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    disasm:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    eval:--case | eval:-c) COMPREPLY=($(compgen -f -- "$word")); return ;;
    eval:--as-of) return ;;
    eval:--now) return ;;
    eval:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    conformance:--format | conformance:-f) COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    conformance:--as-of) return ;;
    conformance:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    schema:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    generate:--output | generate:-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    generate:--format | generate:-f) COMPREPLY=($(compgen -W 'ndjson json csv tests' -- "$word")); return ;;
    generate:--tries) return ;;
    generate:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    snapshot:--output | snapshot:-o) COMPREPLY=($(compgen -f -- "$word")); return ;;
    snapshot:--model) COMPREPLY=($(compgen -f -- "$word")); return ;;
    snapshot:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    docs:--output | docs:-o) COMPREPLY=($(compgen -d -- "$word")); return ;;
    docs:--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
  esac
  case ${COMP_WORDS[1]} in
    check) options='--cases --prove --timeout --strict --format --help --color --quiet' ;;
    run) options='--format --trace --as-of --now --threads --keep --help --color --quiet' ;;
    explain) options='--id --line --as-of --now --format --audience --help --color --quiet' ;;
    report) options='--output --force --as-of --threads --help --color --quiet' ;;
    test) options='--filter --coverage --fail-under --mutate --write --update --junit --format --help --color --quiet' ;;
    diff) options='--cases --as-of --format --threads --exit-code --help --color --quiet' ;;
    compare) options='--rows --timeout --record --format --help --color --quiet' ;;
    whatif) options='--id --line --to --only --fixed --free --limit --facts --tries --record --as-of --format --help --color --quiet' ;;
    fmt) options='--check --help --color --quiet' ;;
    compile) options='--output --help --color --quiet' ;;
    disasm) options='--help --color --quiet' ;;
    eval) options='--case --as-of --now --help --color --quiet' ;;
    conformance) options='--format --as-of --help --color --quiet' ;;
    schema) options='--whole --help --color --quiet' ;;
    generate) options='--output --format --tries --help --color --quiet' ;;
    snapshot) options='--output --model --help --color --quiet' ;;
    docs) options='--output --help --color --quiet' ;;
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _rubric rubric
