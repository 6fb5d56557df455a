# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# `doctor` and `export` without a module; $status is for who reads this.
# shellcheck disable=SC2034,SC2317

# doctor_row NAME: its state
doctor_row() {
	jq -r ".checks[] | select(.name == \"$1\").state" "$DIR/out"
}

counts_problems() {
	jq -e '.problems > 2 and .problems ==
		([.checks[] | select(.state != "ok")] | length)' \
		"$DIR/out" >"$DIR/jq"
}

test_doctor() {
	[ ! -e /sys/module/sipalg ] || return
	unshare -rn "$SIPALGCTL" -j doctor >"$DIR/out" 2>"$DIR/err" </dev/null
	status=$?
	check 'tool: doctor without the module: exit 4' is 4
	check 'tool: doctor: module fails' [ "$(doctor_row module)" = fail ]
	check 'tool: doctor: what is asked of the module is left out' \
		[ -z "$(doctor_row version)$(doctor_row enabled)$(doctor_row config)" ]
	check 'tool: doctor: problems are counted' counts_problems
	check 'tool: doctor: no forwarding, no NAT' \
		[ "$(doctor_row ip-forward) $(doctor_row masquerade)" = \
		'fail fail' ]
	run export conntrackd
	check 'tool: export conntrackd' out_has 'ExpectationSync {'
}
