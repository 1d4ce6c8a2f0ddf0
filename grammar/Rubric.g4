// The syntax of Rubric, and nothing else: no actions, no predicates, no names of library functions.
//
// Two layers. Expressions are those of HL7 CQL 1.5, with its precedence, plus words for people (`some ... has`, groups,
// `is not met`). Policy is around them: criteria, rules, limits, tables, tests. Rules of the expression layer are at the
// end. compiler/parse.cpp walks the contexts made from this file into the values of compiler/ast.h.
//
// Three things to know before changing it:
//  - Every word of a phrase is a token of its own, so that any spacing and line break works inside phrases.
//  - A word that the grammar uses becomes a token everywhere. Words that people want as names stand in softWord (usable
//    as any name) or at least in hardWord (usable after a dot, as a key of a record, as a label in "double quotes").
//  - White space never matters, with one exception: a table's row is a line that begins with |, and is one token. Its
//    cells are parsed one by one with the rules that end in `Cell`.
grammar Rubric;

// -- files --

file : header? declaration* EOF ;
expressionFile : expression name? EOF ;      // `(4) l` is a query without clauses
expressionOnly : expression EOF ;
expressionsCell : expression (',' expression)* EOF ;
outcomeCell : outcome EOF ;
citesCell : citation (',' citation)* EOF ;

header
  : kind=('policy' | 'library') name version?
  | kind='overlay' name version? 'amends' amended=name ('as' layer=name)?
  | kind='tests' 'of' name
  ;
version : 'version' STRING ;

declaration
  : title | inForce | precedence | appliesWhen | datedBy | include | source | codeSystem | valueSet | parameter | define
  | lookup | entity | decides | criterion | namedGroup | limit | section | ordinaryRule | exceptionRule | condition | remark
  | observation | table | amendment | record | test
  ;

title : 'title' STRING ;
inForce : 'in' 'force' 'from' from=date ('to' to=date)? | 'in' 'force' 'to' to=date ;
precedence : 'precedence' name (',' name)* ;
appliesWhen : 'applies' 'when' expression ;
datedBy : 'dated' 'by' expression ;
include : 'include' name ('called' called=name)? ;
source : 'source' name STRING? ('grades' grade (',' grade)*)? unresolved='unresolved'? ;
grade : STRING ;
date : DATE | DATETIME ;

// -- vocabulary: codes, parameters, functions, the record model --

codeSystem : 'codesystem' name ('{' codeEntry (',' codeEntry)* '}')? ;
codeEntry : STRING dates? ;
dates : ('in' 'force')? 'from' from=date ('to' to=date)? | ('in' 'force')? 'to' to=date ;
valueSet : 'valueset' name ':' name ('{' (codeEntry (',' codeEntry)*)? '}' | ('or' name)*) cite* ;
parameter : 'parameter' name type? ('default' datedValue (',' datedValue)*)? cite* ;
datedValue : expression dates? ;
define
  : 'define' name ':' expression
  | 'define' function='function' name '(' (argument (',' argument)*)? ')' ('returns' type)? ':' expression
  ;
argument : name type ;

lookup : 'lookup' name ':' type 'to' type (lookupRow ','?)* ('otherwise' (key='the' 'key' 'itself' | expression))? cite* ;
lookupRow : lookupTerm '->' lookupTerm ;
lookupTerm : sign=('-' | '+')? number | LONG | STRING | date | TIME | 'true' | 'false' | 'null' | name STRING | name | '(' expression ')' ;

entity : extend='extend'? 'entity' name field* ;
field : fieldName ('called' called=name)? fieldType fieldLimit* ;
fieldType
  : 'list' 'of' type                     # listField
  | 'one' 'of' STRING (',' STRING)*      # choiceField
  | '{' field (','? field)* '}'          # objectField
  | type                                 # plainField
  ;
fieldLimit
  : 'called' name | 'optional' | 'complete' ('by' name)? | 'dated' 'by' fieldName
  | 'at' side=('least' | 'most') bound | 'from' bound 'to' bound
  ;
bound : sign=('-' | '+')? number | LONG | STRING | date | TIME | qualifiedName ;

// -- what is decided --

decides
  : 'decides' block=name? ('after' after (',' after)*)? ':'? 'each' name ('where' expression)?
    (','? forEach ('where' itemWhere=expression)?)? (','? fold)? whenUndetermined? cite*
  ;
after : name ;
forEach : 'for' 'each' item=name alias=name? ('of' owner=name)? ;      // of Line, if anything
fold : ('taking' | 'the' 'line' 'takes') 'the' way=('best' | 'worst') | 'approving' 'those' 'that' way='qualify' ;
whenUndetermined : 'when' 'undetermined' outcomeWord (';' reviewOutcome)* ;
reviewOutcome : 'in' name 'review' outcomeWord ;

// Two conditions side by side would be one to a parser that sees `A (B)` or `A - B`, and to a reader as well. So behind
// `applies when` the condition begins with `met when`, unless it is one that cannot be mistaken.
criterion : 'criterion' name forEach? STRING joins? criterionBody clause* ;
criterionBody
  : 'applies' 'when' scope=expression ('met' 'when' expression | plainCondition)
  | ('met' 'when')? expression
  ;
plainCondition : 'judged' 'by' 'the' 'reviewer' | quantified | group | qualifiedName ;
namedGroup : 'criteria' name ':' expression clause* ;
joins : 'to' path (',' path)* ;      // in an overlay: add criterion X 'sentence' to Covered ...

limit : 'limit' name STRING? joins? ('applies' 'when' expression)? measure per? clause* ;
measure
  : 'at' 'most' times counted=('days' | 'procedures') 'of' codes window      // in `3 days of` the days are no unit
  | 'at' 'least' amount 'between' 'days' 'of' codes
  ;
times : NUMBER | qualifiedName | '(' expression ')' ;
codes : qualifiedName | listSelector | '(' expression ')' ;
window
  : 'in' 'the' amount 'up' 'to' postfixed    # windowUpTo
  | 'in' 'any' amount                        # windowAny
  | 'on' 'the' 'day' 'of' postfixed          # windowDay
  | 'in' 'the' 'year' 'of' postfixed         # windowYear
  | 'in' article=name 'lifetime'             # windowLifetime
  | 'in' (intervalSelector | qualifiedName | '(' expression ')')    # windowInterval
  ;
per : 'per' item=name alias=name? ('by' postfixed)? ;

section : 'section' name? STRING? ('applies' 'when' expression)? cite* declaration* 'end' ;

ordinaryRule : 'rule' name STRING? outcome? clause* ;
exceptionRule : 'exception' name STRING? 'to' exceptionTo outcome? clause* ;
exceptionTo : 'every' 'other' 'rule' ('but' path (',' path)*)? | path (',' path)* ;
outcome : outcomeWord ('to' contents)? ;
outcomeWord : 'not'? name ;
contents : '{' (content (',' content)*)? '}' ;
content : anyWord ':' (none='none' | expression) ;

condition : 'condition' name STRING? ('due' ('from' from=arithmetic)? 'to' to=arithmetic 'after' name)? conditionClause* ;
conditionClause : cite | inForce | 'met' 'when' expression ;

remark : kind=('advise' | 'warn' | 'note') STRING ('when' expression | cite)* ;
observation : 'observe' STRING 'from' name ':' feature (',' feature)* cite* ;
feature : STRING ;

table : 'table' name forEach? ('from' STRING | TABLE_ROW+) cite* ;

amendment
  : verb=('add' | 'replace') declaration
  | verb=('relax' | 'tighten') path 'by' expression cite*
  | verb='remove' path (',' path)* cite*
  ;

// What may follow the body of a clause, in any order. Which of them a declaration takes, the compiler says.
clause
  : cite
  | inForce
  | 'when' expression
  | 'exception' 'to' exceptionTo
  | 'subject' 'to' path (',' path)*
  | 'ask' STRING (',' STRING)*
  | note='note' STRING
  | member='member'? statusClause STRING
  ;
statusClause : 'not'? 'met' | 'undetermined' ;
cite : 'cite' citation ;
citation : name STRING? ('grade' grade)? ;

// -- tests --

record : 'record' name (json | '=' recordSource recordChange*) ;
recordSource : name | STRING | json ;
recordChange : 'with' change (',' change)* | 'without' recordPath (',' recordPath)* ;
change : recordPath '=' json | without='without' recordPath ;
recordPath : anyWord ('.' anyWord | '[' NUMBER ']')* ;

json
  : '{' (jsonMember (',' jsonMember)* ','?)? '}'
  | '[' (json (',' json)* ','?)? ']'
  | STRING | QUOTED | '-'? NUMBER | DATE | DATETIME | TIME | 'true' | 'false' | 'null' | 'none'
  ;
jsonMember : (anyWord | STRING) ':' json ;

test : 'test' STRING 'case'? recordSource (recordChange | testOption)* (expectation | sourceConcludes)* ;
testOption : 'with' 'overlay' name (',' name)* | 'as' 'of' date ;
expectation : 'expect' expected (',' expected)* ;
expected : place? expectedWhat ;
expectedWhat
  : 'asks' 'for' (nothing='nothing' | fact (',' fact)*)                          # expectAsks
  | 'could' 'change' 'with' fact (',' fact)*                                     # expectChange
  | 'waits' 'for' 'judgment' path (',' 'judgment' path)*                         # expectJudgment
  | 'requires' 'clinician'                                                       # expectClinician
  | path 'defeated' 'by' path                                                    # expectDefeated
  | path ('on' place)? 'is'? said=testStatus ('because' cause=name)?           # expectStatus
  | outcome ('by' (rules | STRING))? ('subject' 'to' path (',' path)*)?           # expectOutcome
  ;
rules : path (',' path)* ;
place : ('line' NUMBER | 'lines' NUMBER (',' NUMBER)*) placeItem? | placeItem ;
placeItem : ('target' | 'diagnosis' | 'item') NUMBER ;
testStatus : 'met' | 'not' 'met' | 'notMet' | 'undetermined' | 'applicable' | 'not' 'applicable' | 'notApplicable' ;
fact : pointer | STRING | judgment='judgment' path ;
pointer : ('/' (anyWord | NUMBER))+ ;
sourceConcludes : 'source' 'concludes' conclusion (',' conclusion)* ('because' STRING)? ;
conclusion : place? (outcome | 'undetermined') ;

// -- expressions --

// The alternatives stand in the order of CQL's table of precedence, tightest first, over three rules: arithmetic,
// comparison, expression. Membership is tighter than `and`, union the loosest; `not a = b` is `(not a) = b`, as there.
expression
  : comparison                                                                   # onlyComparison
  | expression op='and' expression                                               # logic
  | expression op=('or' | 'xor') expression                                      # logic
  | expression op='implies' expression                                           # logic
  | expression op=('|' | 'union' | 'intersect' | 'except') expression            # logic
  ;

comparison
  : arithmetic queryTail?                                                        # value
  | 'from' querySource (',' querySource)* queryClause*                           # manySources
  | quantified                                                                   # onlyQuantified
  | group                                                                        # onlyGroup
  | 'judged' 'by' 'the' 'reviewer'                                               # judged
  | comparison 'is' negated='not'? what=('null' | 'true' | 'false')              # literalTest
  | comparison 'is' status                                                       # statusTest
  | comparison op=('is' | 'as') type                                             # typeTest
  | 'cast' arithmetic 'as' type                                                  # cast
  | op=('not' | 'exists') comparison                                             # logicPrefix
  | comparison properly='properly'? 'between' arithmetic 'and' arithmetic        # between
  | ('duration' 'in')? periods 'between' arithmetic 'and' arithmetic             # periodBetween
  | difference='difference' 'in' periods 'between' arithmetic 'and' arithmetic   # periodBetween
  | comparison op=('<=' | '<' | '>' | '>=') comparison                           # compare
  | comparison timing comparison                                                 # timed
  | comparison op=('=' | '!=' | '~' | '!~') comparison                           # compare
  | comparison 'in' 'force' 'on' comparison                                      # inForceOn
  | comparison negated='not'? 'in' (precision 'of')? comparison                  # membership
  | comparison 'contains' (precision 'of')? comparison                           # membership
  | comparison 'properly' ('in' | 'contains') (precision 'of')? comparison       # membership
  ;

arithmetic
  : postfixed                                                                    # onlyPostfixed
  | 'convert' expression 'to' (unit | type)                                      # convert
  | op=('+' | '-') arithmetic                                                    # sign
  | op=('start' | 'end' | 'width' | 'successor' | 'predecessor' | 'size') word_='of' arithmetic   # extract
  | op=('singleton' | 'point') word_='from' arithmetic                           # extract
  | component 'from' arithmetic                                                  # componentFrom
  | op=('duration' | 'difference') 'in' periods 'of' arithmetic                  # periodOf
  | op=('minimum' | 'maximum') type                                              # extreme
  | arithmetic op='^' arithmetic                                                 # calculate
  | arithmetic op=('*' | '/' | 'div' | 'mod') arithmetic                         # calculate
  | arithmetic op=('+' | '-' | '&') arithmetic                                   # calculate
  | 'if' expression 'then' expression 'else' expression                          # ifElse
  | 'case' comparand=expression? whenThen+ 'else' otherwise=expression 'end'     # caseOf
  | op=('distinct' | 'flatten') expression                                       # listPrefix
  | op=('expand' | 'collapse') expression ('per' (precision | expression))?      # regroup
  ;
whenThen : 'when' expression 'then' expression ;

postfixed : primary postfix* ;
postfix : '.' anyWord (arguments | instanceBody)? | '[' expression ']' ;
arguments : '(' (expression (',' expression)*)? ')' ;
instanceBody : '{' (':' | tupleElement (',' tupleElement)*) '}' ;
tupleElement : anyWord ':' expression ;

primary
  : '(' expression name? ')'                                                     # parenthesized
  | literal                                                                      # onlyLiteral
  | name STRING ('from' name)? ('display' STRING)?                               # codeLiteral
  | name (arguments | instanceBody)?                                             # named
  | 'Concept' (instanceBody | '{' primary (',' primary)* '}' ('display' STRING)?)   # conceptLiteral
  | variable=('$this' | '$index' | '$total')                                     # variable
  | intervalSelector                                                             # onlyInterval
  | 'Tuple'? instanceBody                                                        # tupleSelector
  | listSelector                                                                 # onlyList
  | 'condition' name 'of' 'the' 'last' 'authorization'                           # conditionOfLast
  ;
intervalSelector : 'Interval' low=('[' | '(') expression ',' expression high=(']' | ')') ;
listSelector : ('List' ('<' type '>')?)? '{' (expression (',' expression)*)? '}' ;

literal : 'null' | 'true' | 'false' | STRING | LONG | DATE | DATETIME | TIME | number (':' number)? ;
number : NUMBER unit? ;
unit : STRING | precision | periods ;

type
  : 'Interval' '<' type '>'
  | 'List' '<' type '>'
  | 'Choice' '<' type (',' type)* '>'
  | 'Tuple' ('{' argument (',' argument)* '}')?
  | 'Concept'
  | name ('.' name)? ('<' type (',' type)* '>')?
  ;

// -- queries --

queryTail : name queryClause+ ;
querySource : postfixed name ;
queryClause
  : 'let' letItem (',' letItem)*                                                 # letClause
  | related=('with' | 'without') querySource 'such' 'that' expression            # relatedClause
  | 'where' expression                                                           # whereClause
  | 'return' way=('all' | 'distinct')? expression                                # returnClause
  | 'aggregate' way=('all' | 'distinct')? name ('starting' starting)? ':' expression   # aggregateClause
  | 'sort' (direction | 'by' sortItem (',' sortItem)*)                           # sortClause
  ;
letItem : name ':' expression ;
starting : sign=('-' | '+')? (NUMBER unit? | LONG) | STRING | 'null' | 'true' | 'false' | DATE | DATETIME | TIME | '(' expression ')' ;
sortItem : (arithmetic | fieldWord) direction? ;
direction : 'asc' | 'ascending' | 'desc' | 'descending' ;

// -- words for people --

// The condition takes everything that follows: some Trial T has a and b  is  some Trial T has (a and b).
quantified
  : quantifier entityName=qualifiedName alias=name? ('of' postfixed)? ('where' where=expression)? 'has' condition_=expression
  ;
quantifier : 'some' | 'every' | 'no' | 'any' | 'another' approved='approved'? | 'at' 'least' amount ;

// A block's items carry labels and `end` closes it. An inline group's items are comparisons; what else goes in them
// goes in parentheses. In `any of A, B is not met` the status is said of the whole list: see parse_expressions.cpp.
group : groupHead (groupItem+ 'end' | comparison (',' comparison)*) ;
groupHead : word_=('all' | 'any' | 'none') 'of' | 'at' 'least' amount 'of' ;
groupItem : name ':' STRING? expression ;
status : 'not'? ('met' | 'shown' | 'applicable') | 'undetermined' ;

amount : number | qualifiedName | '(' expression ')' ;
qualifiedName : name ('.' anyWord)* ;
path : name ('.' anyWord)* ;

// -- timing phrases --

timing
  : edge? 'same' precision? ('as' | 'or' ('before' | 'after')) boundary?
  | 'properly'? 'includes' (precision 'of')? boundary?
  | edge? 'properly'? ('during' | 'included' 'in') (precision 'of')?
  | edge? offset? ('on' 'or' ('before' | 'after') | ('before' | 'after') ('or' 'on')?) (precision 'of')? boundary?
  | edge? 'properly'? 'within' number 'of' boundary?
  | ('meets' | 'overlaps') ('before' | 'after')? (precision 'of')?
  | ('starts' | 'ends') (precision 'of')?
  ;
edge : 'starts' | 'ends' | 'occurs' ;
boundary : 'start' | 'end' ;
offset : number ('or' ('more' | 'less'))? | ('more' | 'less') 'than' number ;
precision : 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond' ;
periods : 'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds' ;
component : precision | 'date' | 'time' | 'timezone' | 'timezoneoffset' ;

// -- names --

name : IDENTIFIER | QUOTED | softWord ;
anyWord : IDENTIFIER | QUOTED | softWord | hardWord ;

// Names of fields that would read as a limit of the field before them go in double quotes.
fieldName : IDENTIFIER | QUOTED | softWord | fieldWord ;
fieldWord
  : 'case' | 'start' | 'end' | 'width' | 'size' | 'point' | 'minimum' | 'maximum' | 'duration' | 'difference' | 'condition'
  | 'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds'
  | 'limit' | 'rule' | 'exception' | 'table' | 'section' | 'criterion' | 'parameter' | 'met' | 'shown' | 'applicable'
  | 'undetermined' | 'force' | 'ask' | 'advise' | 'warn' | 'precedence' | 'include'
  ;

softWord
  : 'title' | 'source' | 'note' | 'record' | 'line' | 'lines' | 'date' | 'time' | 'timezone' | 'timezoneoffset' | 'version'
  | 'test' | 'tests' | 'policy' | 'overlay' | 'library' | 'review' | 'target' | 'diagnosis' | 'item' | 'nothing' | 'change'
  | 'clinician' | 'requires' | 'grade' | 'best' | 'worst' | 'key' | 'itself' | 'lifetime' | 'authorization' | 'last'
  | 'reviewer' | 'approved' | 'display' | 'member' | 'judgment' | 'waits' | 'asks' | 'could' | 'because' | 'up' | 'amends'
  | 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'
  | 'before' | 'after' | 'function' | 'takes' | 'qualify' | 'those' | 'notMet' | 'notApplicable' | 'other' | 'procedures'
  ;

hardWord
  : 'Choice' | 'Concept' | 'Interval' | 'List' | 'Tuple' | 'add' | 'advise' | 'aggregate' | 'all' | 'and'
  | 'another' | 'any' | 'applicable' | 'applies' | 'approving' | 'as' | 'asc' | 'ascending' | 'ask' | 'at'
  | 'between' | 'but' | 'by' | 'called' | 'case' | 'cast' | 'cite' | 'codesystem' | 'collapse' | 'complete'
  | 'concludes' | 'condition' | 'contains' | 'convert' | 'criteria' | 'criterion' | 'dated' | 'days' | 'decides'
  | 'default' | 'defeated' | 'define' | 'desc' | 'descending' | 'difference' | 'distinct' | 'div' | 'due' | 'duration'
  | 'during' | 'each' | 'else' | 'end' | 'ends' | 'entity' | 'every' | 'except' | 'exception' | 'exists' | 'expand'
  | 'expect' | 'extend' | 'false' | 'flatten' | 'for' | 'force' | 'from' | 'grades' | 'has' | 'hours' | 'if' | 'implies'
  | 'in' | 'include' | 'included' | 'includes' | 'intersect' | 'is' | 'judged' | 'least' | 'less' | 'let' | 'limit'
  | 'list' | 'lookup' | 'maximum' | 'meets' | 'met' | 'milliseconds' | 'minimum' | 'minutes' | 'mod' | 'months' | 'more'
  | 'most' | 'no' | 'none' | 'not' | 'null' | 'observe' | 'occurs' | 'of' | 'on' | 'one' | 'optional' | 'or'
  | 'otherwise' | 'overlaps' | 'parameter' | 'per' | 'point' | 'precedence' | 'predecessor' | 'properly' | 'relax'
  | 'remove' | 'replace' | 'return' | 'returns' | 'rule' | 'same' | 'seconds' | 'section' | 'shown' | 'singleton'
  | 'size' | 'some' | 'sort' | 'start' | 'starting' | 'starts' | 'subject' | 'successor' | 'such' | 'table' | 'taking'
  | 'than' | 'that' | 'the' | 'then' | 'tighten' | 'to' | 'true' | 'undetermined' | 'union' | 'unresolved' | 'valueset'
  | 'warn' | 'weeks' | 'when' | 'where' | 'width' | 'with' | 'within' | 'without' | 'xor' | 'years'
  ;

// -- words and signs --

IDENTIFIER : [A-Za-z_] [A-Za-z0-9_]* ;
QUOTED : '"' (ESCAPE | ~["\\\r\n])* '"' | '`' (ESCAPE | ~[`\\\r\n])* '`' ;
STRING : '\'' (ESCAPE | ~['\\\r\n])* '\'' ;
NUMBER : DIGIT+ ('.' DIGIT+)? ;
LONG : DIGIT+ 'L' ;
DATE : '@' DAY_FORM ;
DATETIME : '@' DAY_FORM 'T' (CLOCK_FORM ('Z' | [+-] DIGIT DIGIT ':' DIGIT DIGIT)?)? ;
TIME : '@T' CLOCK_FORM ;
TABLE_ROW : [ \t\r\n\u00A0\uFEFF]* '\n' [ \t]* '|' ~[\r\n]* ;

// What people write by mistake. parse.cpp says what is wrong with it and goes on as if it had been right.
UNCLOSED_TEXT : '\'' (ESCAPE | ~['\\\r\n])* ;
UNCLOSED_NAME : '"' (ESCAPE | ~["\\\r\n])* | '`' (ESCAPE | ~[`\\\r\n])* ;
CURLY_TEXT : [\u2018\u2019\u201C\u201D] ~[\r\n\u2018\u2019\u201C\u201D]* [\u2018\u2019\u201C\u201D] ;
BAD_DATE : '@' [0-9T:.+\-/Z]+ | DIGIT DIGIT DIGIT DIGIT '-' DIGIT DIGIT '-' DIGIT DIGIT ;
UNCLOSED_COMMENT : '/*' (~'*' | '*'+ ~[*/])* '*'* ;

LINE_COMMENT : '//' ~[\r\n]* -> channel(HIDDEN) ;
BLOCK_COMMENT : '/*' .*? '*/' -> channel(HIDDEN) ;
SPACE : [ \t\r\n\u00A0\uFEFF]+ -> skip ;
OTHER : . ;      // last, so that it takes only what no other rule does

fragment ESCAPE : '\\' ~[\r\n] ;
fragment DIGIT : [0-9] ;
fragment DAY_FORM : DIGIT DIGIT DIGIT DIGIT ('-' DIGIT DIGIT ('-' DIGIT DIGIT)?)? ;
fragment CLOCK_FORM : DIGIT DIGIT (':' DIGIT DIGIT (':' DIGIT DIGIT ('.' DIGIT+)?)?)? ;
