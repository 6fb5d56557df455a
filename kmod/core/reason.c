// SPDX-License-Identifier: GPL-2.0-only
/*
 * reason.c - the names and texts of reason.h as tables.
 */
#include "reason.h"

struct reason {
	const char *name;
	const char *text;
	const char *hint;
};

#define REASON_ROW(id, name, text, hint)	{ name, text, hint },

static const struct reason reasons[] = {
	{ "none", "", "" },
	ALG_REASONS(REASON_ROW)
};

static const struct reason *find_reason(unsigned int reason)
{
	return &reasons[reason < ARRAY_SIZE(reasons) ? reason : 0];
}

const char *alg_reason_name(unsigned int reason)
{
	return find_reason(reason)->name;
}

const char *alg_reason_text(unsigned int reason)
{
	return find_reason(reason)->text;
}

const char *alg_reason_hint(unsigned int reason)
{
	return find_reason(reason)->hint;
}
