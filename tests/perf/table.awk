# SPDX-License-Identifier: GPL-2.0-only
#
# table.awk - joins what bench_core ran with what callgrind counted, and judges
# each line by its limit. Exit 1 when one is over.

BEGIN {
	while ((getline line < counts) > 0) {
		split(line, f, "\t")
		count[f[1]] = f[2]
	}
	base = count["nothing"]
	printf "%-18s %7s %9s %8s %12s  %s\n", "message", "bytes",
		"instr", "a byte", "limit", ""
}

function verdict(ok) {
	if (!ok)
		over++
	lines++
	return ok ? "ok" : "OVER"
}

# A message and its own limit.
function judge(name, bytes, n, limit,	what, ok) {
	ok = 1
	what = "-"
	if (limit == "same") {
		ok = n <= 3.5 * bytes
		what = "3.5 a byte"
	} else if (limit != "-") {
		ok = n <= limit + 0
		what = limit
	}
	printf "%-18s %7d %9d %8.1f %12s  %s\n", name, bytes, n, n / bytes,
		what, verdict(ok)
}

# A hostile kind: its worst price a byte, its worst growth.
function judge_kind(kind) {
	printf "%-18s %7d %9d %8.1f %12s  %s\n", kind, worst_bytes[kind],
		worst_n[kind], worst[kind], "16 a byte",
		verdict(worst[kind] <= 16)
	if (growth[kind] == "")
		return
	printf "%-18s %7s %9s %8.2f %12s  %s\n", "  twice the size", "", "",
		growth[kind], "2.1 times", verdict(growth[kind] <= 2.1)
}

function add_hostile(name, bytes, n,	part, kind) {
	split(name, part, "/")
	kind = part[1]
	if (part[2] == 0) {
		kinds[++nkinds] = kind
		frame[kind] = n
		worst[kind] = 0
		return
	}
	if (n / bytes > worst[kind]) {
		worst[kind] = n / bytes
		worst_bytes[kind] = bytes
		worst_n[kind] = n
	}
	# pairs, the second twice the first; what the frame costs is neither's
	n -= frame[kind]
	nth[kind]++
	if (nth[kind] % 2 == 0 && n / last[kind] > growth[kind] + 0)
		growth[kind] = n / last[kind]
	last[kind] = n
}

$1 == "nothing" { next }

!($1 in count) {
	print $1 ": callgrind counted nothing" > "/dev/stderr"
	failed = 1
	next
}

$3 == "hostile" {
	add_hostile($1, $2, count[$1] - base)
	next
}

{ judge($1, $2, count[$1] - base, $3) }

END {
	print ""
	print "hostile (worst of 1 to 64 kB)"
	for (i = 1; i <= nkinds; i++)
		judge_kind(kinds[i])
	printf "\n%d checked, %d over\n", lines, over
	exit over > 0 || failed || !lines
}
