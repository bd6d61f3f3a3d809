#!/bin/sh
# lint.sh BUILD: clang-tidy, cppcheck and gcc -fanalyzer over src/, cli/ and examples/. Prints what
# they find; exit status 1 when there is anything. A finding that is wrong is silenced where it
# stands, with the reason beside it.
set -u
build=$1
cd "$(dirname "$0")/.." || exit 1
status=0
files=$(git ls-files 'src/*.c' 'cli/*.c' 'examples/*.c')
tidy=clang-tidy-14
command -v $tidy >/dev/null || tidy=clang-tidy

echo "== $tidy"
# status.c defines the functions that the model stands for.
# shellcheck disable=SC2086 # a list of files
printf '%s\n' $files | grep -v '^src/base/status\.c$' | xargs -P "$(nproc)" -n 1 "$tidy" -p "$build" --quiet \
    --extra-arg=-include --extra-arg="$PWD/tools/lint_model.h" --extra-arg=-I"$PWD/include" 2>/dev/null || status=1
$tidy -p "$build" --quiet src/base/status.c 2>/dev/null || status=1

echo "== cppcheck"
# pointerOutOfBoundsCond: it takes the constant of a condition for the size of the array.
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=pointerOutOfBoundsCond --suppress=unknownMacro -I include -I src src cli examples || status=1

echo "== gcc -fanalyzer"
# shellcheck disable=SC2086 # a list of files
printf '%s\n' $files | xargs -P "$(nproc)" -n 1 gcc -std=c17 -D_GNU_SOURCE -O1 -fanalyzer -Wall -Wextra -Werror \
    -I include -I src -c -o /dev/null || status=1

[ $status -ne 0 ] || echo "no open findings"
exit $status
