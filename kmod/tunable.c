// SPDX-License-Identifier: GPL-2.0-only
/*
 * tunable.c - the table of `sipalgctl set` keys: name, default, limits, and
 * the way from text to value and back.
 *
 * Not in the packet's way: packets read struct sipalg_tunables. A key stands
 * here once it does something. Must never leave a value outside its limits.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "tunable.h"

enum tunable_kind {
	KIND_NUMBER,
	KIND_RANGE,		/* two ports, first << 16 | last */
	KIND_WORD,		/* one of the two words, 0 or 1 */
};

/**
 * struct tunable - one key
 * @name: as in `set NAME VALUE`
 * @initial: default, in the same words
 * @error: what is right, for a value that is not
 * @words: KIND_WORD: the texts of 0 and 1
 * @offset: of the value in struct sipalg_tunables
 * @min: smallest value, or smallest port of a range
 * @max: largest
 * @kind: enum tunable_kind
 */
struct tunable {
	const char *name;
	const char *initial;
	const char *error;
	const char *words[2];
	size_t offset;
	u32 min;
	u32 max;
	u8 kind;
};

#define FIELD(field)	offsetof(struct sipalg_tunables, field)

static const struct tunable tunables[] = {
	{
		.name = "reg-source", .initial = "any",
		.error = "reg-source is any or registrar",
		.kind = KIND_WORD, .words = { "any", "registrar" },
		.offset = FIELD(reg_source),
	}, {
		.name = "max-regs", .initial = "1000000",
		.error = "max-regs is a number from 1 to 16000000",
		.min = 1, .max = 16000000, .offset = FIELD(max_regs),
	}, {
		.name = "max-regs-per-host", .initial = "4096",
		.error = "max-regs-per-host is a number from 1 to 16000000",
		.min = 1, .max = 16000000, .offset = FIELD(max_regs_per_host),
	}, {
		.name = "max-calls", .initial = "100000",
		.error = "max-calls is a number from 1 to 4000000",
		.min = 1, .max = 4000000, .offset = FIELD(max_calls),
	}, {
		.name = "max-calls-per-host", .initial = "10000",
		.error = "max-calls-per-host is a number from 1 to 4000000",
		.min = 1, .max = 4000000, .offset = FIELD(max_calls_per_host),
	}, {
		.name = "rtp-ports", .initial = "16384-65535",
		.error = "rtp-ports is A-B, two ports from 1024 to 65535, A below B",
		.kind = KIND_RANGE, .min = 1024, .max = 65535,
		.offset = FIELD(rtp_ports),
	}, {
		.name = "media-timeout", .initial = "30",
		.error = "media-timeout is a number of seconds from 1 to 86400",
		.min = 1, .max = 86400, .offset = FIELD(media_timeout),
	}, {
		.name = "reg-grace", .initial = "60",
		.error = "reg-grace is a number of seconds from 0 to 86400",
		.min = 0, .max = 86400, .offset = FIELD(reg_grace),
	}, {
		.name = "accounting", .initial = "on",
		.error = "accounting is on or off",
		.kind = KIND_WORD, .words = { "off", "on" },
		.offset = FIELD(accounting),
	},
};

static u32 *field_of(struct sipalg_tunables *t, const struct tunable *def)
{
	return (u32 *)((char *)t + def->offset);
}

/* Digits only: kstrtou32() would take a sign and a newline as well. */
static bool parse_number(const char **text, u32 *value)
{
	const char *p = *text;
	u64 n = 0;

	while (isdigit(*p) && n <= U32_MAX)
		n = n * 10 + (*p++ - '0');
	if (p == *text || n > U32_MAX)
		return false;
	*text = p;
	*value = n;
	return true;
}

static int parse_word(const struct tunable *def, const char *text, u32 *value)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(def->words); i++) {
		if (strcmp(text, def->words[i]))
			continue;
		*value = i;
		return 0;
	}
	return -EINVAL;
}

static int parse_range(const struct tunable *def, const char *text, u32 *value)
{
	u32 first, last;

	if (!parse_number(&text, &first) || *text++ != '-' ||
	    !parse_number(&text, &last) || *text)
		return -EINVAL;
	if (first < def->min || last > def->max || first >= last)
		return -ERANGE;
	*value = first << 16 | last;
	return 0;
}

static int parse_value(const struct tunable *def, const char *text, u32 *value)
{
	if (def->kind == KIND_WORD)
		return parse_word(def, text, value);
	if (def->kind == KIND_RANGE)
		return parse_range(def, text, value);

	if (!parse_number(&text, value) || *text)
		return -EINVAL;
	if (*value < def->min || *value > def->max)
		return -ERANGE;
	return 0;
}

static const struct tunable *find_tunable(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunables); i++) {
		if (!strcmp(name, tunables[i].name))
			return &tunables[i];
	}
	return NULL;
}

void sipalg_tunables_init(struct sipalg_tunables *t)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunables); i++) {
		u32 *field = field_of(t, &tunables[i]);

		WARN_ON(parse_value(&tunables[i], tunables[i].initial, field));
	}
}

int sipalg_tunable_set(struct sipalg_tunables *t, const struct nlattr *key,
		       const struct nlattr *value,
		       struct netlink_ext_ack *extack)
{
	const struct tunable *def = find_tunable(nla_data(key));
	u32 *field, new;
	int err;

	if (!def) {
		NL_SET_ERR_MSG_ATTR(extack, key, "no such key");
		return -ENOENT;
	}
	err = parse_value(def, nla_data(value), &new);
	if (err) {
		/* constant text, but not a literal as NL_SET_ERR_MSG wants */
		if (extack)
			extack->_msg = def->error;
		NL_SET_BAD_ATTR(extack, value);
		return err;
	}

	field = field_of(t, def);
	if (*field == new)
		return 0;
	WRITE_ONCE(*field, new);
	return 1;
}

const char *sipalg_tunable_show(const struct sipalg_tunables *t,
				unsigned int index, char *text,
				const char **initial)
{
	const struct tunable *def;
	u32 value;

	if (index >= ARRAY_SIZE(tunables))
		return NULL;
	def = &tunables[index];
	value = READ_ONCE(*(const u32 *)((const char *)t + def->offset));

	if (def->kind == KIND_WORD)
		strscpy(text, def->words[value], SIPALG_TUNABLE_TEXT);
	else if (def->kind == KIND_RANGE)
		snprintf(text, SIPALG_TUNABLE_TEXT, "%u-%u",
			 sipalg_rtp_first(value), sipalg_rtp_last(value));
	else
		snprintf(text, SIPALG_TUNABLE_TEXT, "%u", value);
	*initial = def->initial;
	return def->name;
}
