# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What both parts of the tool's tests share: run the tool once, look at what
# came of it, print one line a test. A test that fails shows what it saw.
#
# Tests are called by name; $failed is for who reads this.
# shellcheck disable=SC2317,SC2034

export LC_ALL=C.UTF-8
SIPALGCTL=${SIPALGCTL:-build/sipalgctl/sipalgctl}
DIR=$(mktemp -d "${TMPDIR:-/tmp}/sipalg-tool.XXXXXX") || exit 1
trap 'rm -rf "$DIR"' EXIT
failed=0
status=0

result() {
	printf '%s %s\n' "$1" "$2"
	[ "$1" = ok ] && return
	failed=1
	printf '# exit status %s\n' "$status"
	head -n 20 "$DIR/out" "$DIR/err" 2>/dev/null | sed 's/^/# /'
}

# run ARG...: the tool; its exit status, $DIR/out and $DIR/err stay
run() {
	"$SIPALGCTL" "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	status=$?
}

# check NAME COMMAND...: ok if the command succeeds
check() {
	local name=$1

	shift
	if "$@"; then
		result ok "$name"
	else
		result 'not ok' "$name"
	fi
}

is() {
	[ "$status" -eq "$1" ]
}

out_has() {
	grep -qF -- "$1" "$DIR/out"
}

err_has() {
	grep -qF -- "$1" "$DIR/err"
}

# said STATUS TEXT: ended so, and said this on stderr and nothing on stdout
said() {
	is "$1" && err_has "$2" && [ ! -s "$DIR/out" ]
}

# silent: done, and nothing was said
silent() {
	is 0 && [ ! -s "$DIR/out" ] && [ ! -s "$DIR/err" ]
}

# json FILTER: done, and jq says true
json() {
	is 0 && jq -e "$1" "$DIR/out" >"$DIR/jq" 2>&1
}

# caret WORD: a caret stands under WORD in the line before it
caret() {
	local -a line
	local below

	mapfile -t line <"$DIR/err"
	[[ ${line[2]:-} =~ ^\ *\^$ ]] || return
	below=${line[1]:${#line[2]} - 1}
	[ "$below" = "$1" ] || [ "${below#"$1 "}" != "$below" ]
}

# wrong WORD ARG...: exit 1, the error names the tool, a caret under WORD
wrong() {
	local word=$1

	shift
	run "$@"
	is 1 && caret "$word" && [ ! -s "$DIR/out" ] &&
		head -n 1 "$DIR/err" | grep -q '^sipalgctl: '
}

# missing ARG...: exit 1, a caret behind the last word
missing() {
	local -a line

	run "$@"
	mapfile -t line <"$DIR/err"
	is 1 && [ ! -s "$DIR/out" ] && [[ ${line[2]:-} =~ ^\ *\^$ ]] &&
		[ "${#line[2]}" -eq $((${#line[1]} + 2)) ]
}

# is_line N: exit 1, and the error is about this line of a file
is_line() {
	is 1 && head -n 1 "$DIR/err" | grep -q "line $1 of "
}

# one_line TEXT: exit 1, and one line of stderr says this
one_line() {
	said 1 "$1" && [ "$(wc -l <"$DIR/err")" -eq 1 ]
}
