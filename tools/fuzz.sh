#!/bin/sh
# fuzz.sh BUILD [NAME...] [--seconds S | --runs N]: run libFuzzer on the parsers built in BUILD, each
# from its committed corpus plus what earlier runs found (kept in BUILD/corpus), then print which
# lines of the sources they have reached. Exit status 1 when an input broke one.
set -eu
build=$1
shift
limit=-runs=1000000
names=
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) limit=-max_total_time=${2:?--seconds wants a number} && shift ;;
    --runs) limit=-runs=${2:?--runs wants a number} && shift ;;
    -*) echo "fuzz: unknown option $1" >&2 && exit 2 ;;
    *) names="$names $1" ;;
    esac
    shift
done
if [ -z "$names" ]; then
    for program in "$build"/tests/fuzz/fuzz_*; do
        [ ! -f "$program" ] || names="$names ${program##*/fuzz_}"
    done
fi

version() {
    if command -v "$1-14" >/dev/null; then
        echo "$1-14"
    else
        echo "$1"
    fi
}

broken=
programs=
for name in $names; do
    program=$build/tests/fuzz/fuzz_$name
    [ -f "$program" ] || {
        echo "fuzz: there is no target '$name'" >&2
        exit 2
    }
    found=$build/corpus/$name
    mkdir -p "$found" "$build/broken"
    echo "== $name"
    # 8 KiB reaches every construct of our formats.
    LLVM_PROFILE_FILE=$build/$name.profraw "$program" "$found" tests/*/corpus_"$name" "$limit" \
        -seed=1 -max_len=8192 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
        -artifact_prefix="$build/broken/$name-" -print_final_stats=1 >"$build/$name.log" 2>&1 || broken="$broken $name"
    grep -E 'DONE|ERROR|SUMMARY|runtime error|average_exec_per_sec|number_of_executed|Test unit written' "$build/$name.log" || true
    programs="$programs ${programs:+-object }$program"
done

echo "== lines reached"
profiles=
for name in $names; do
    [ ! -s "$build/$name.profraw" ] || profiles="$profiles $build/$name.profraw"
done
# shellcheck disable=SC2086 # lists of words
if [ -n "$profiles" ]; then
    "$(version llvm-profdata)" merge $profiles -o "$build/fuzz.profdata"
    "$(version llvm-cov)" report $programs -instr-profile="$build/fuzz.profdata" \
        -show-region-summary=false -show-functions=false -ignore-filename-regex='tests/' |
        awk 'NF >= 7 && $1 != "TOTAL" && $2 != "0" && $4 != "0.00%"'
fi

if [ -n "$broken" ]; then
    echo "fuzz: inputs that break$broken are in $build/broken; see $build/NAME.log" >&2
    exit 1
fi
