// The program. Everything is in the library beside it, so that tests can call it.

#include "cli/command_line.h"

int main(int count, char** words) { return rubric::cli::run_command_line(count, words); }
