# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Result lines of scripts/test and scripts/test-kernels, counted as they are
# printed: "ok NAME" or "not ok NAME", and remarks on what failed.

passed=0 failed=0
log=$(mktemp "${TMPDIR:-/tmp}/sipalg-test.XXXXXX") || exit 1
trap 'rm -f "$log"' EXIT

result() {
	case $1 in
	ok)	passed=$((passed + 1)) ;;
	*)	failed=$((failed + 1)) ;;
	esac
	printf '%s %s\n' "$1" "$2"
}

# What the last command printed, as remarks on a failed test.
remarks() {
	tail -n 40 "$log" | sed 's/^/#  /'
}

# Counts the result lines of another runner and shows all but its last line.
tally() {
	local line

	while IFS= read -r line; do
		case $line in
		'ok '*)		passed=$((passed + 1)) ;;
		'not ok '*)	failed=$((failed + 1)) ;;
		*' passed, '*' failed') continue ;;
		esac
		printf '%s\n' "$line"
	done
}
