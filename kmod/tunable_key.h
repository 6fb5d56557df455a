/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tunable_key.h - the table of `sipalgctl set` keys: name, default, limits,
 * and the way from text to value.
 *
 * Not in the packet's way. The module (tunable.c) and the tool (set.c) compile
 * the same table, so that a value which cannot be one is found before the
 * kernel is asked; the kernel asks it again. A key stands here once it does
 * something. Must never give a value outside its limits.
 */
#ifndef SIPALG_TUNABLE_KEY_H
#define SIPALG_TUNABLE_KEY_H

#include "port.h"
#include "tunable.h"

enum tunable_kind {
	KIND_NUMBER,
	KIND_RANGE,		/* two ports, first << 16 | last */
	KIND_WORD,		/* one of the two words, 0 or 1 */
};

/**
 * struct tunable_key - one key
 * @name: as in `set NAME VALUE`
 * @initial: default, in the same words
 * @error: what is right, for a value that is not
 * @words: KIND_WORD: the texts of 0 and 1
 * @offset: of the value in struct sipalg_tunables
 * @min: smallest value, or smallest port of a range
 * @max: largest
 * @kind: enum tunable_kind
 */
struct tunable_key {
	const char *name;
	const char *initial;
	const char *error;
	const char *words[2];
	size_t offset;
	u32 min;
	u32 max;
	u8 kind;
};

#define TUNABLE(field)	offsetof(struct sipalg_tunables, field)

static const struct tunable_key tunable_keys[] = {
	{
		.name = "reg-source", .initial = "any",
		.error = "reg-source is any or registrar",
		.kind = KIND_WORD, .words = { "any", "registrar" },
		.offset = TUNABLE(reg_source),
	}, {
		.name = "max-regs", .initial = "1000000",
		.error = "max-regs is a number from 1 to 16000000",
		.min = 1, .max = 16000000, .offset = TUNABLE(max_regs),
	}, {
		.name = "max-regs-per-host", .initial = "4096",
		.error = "max-regs-per-host is a number from 1 to 16000000",
		.min = 1, .max = 16000000, .offset = TUNABLE(max_regs_per_host),
	}, {
		.name = "max-calls", .initial = "100000",
		.error = "max-calls is a number from 1 to 4000000",
		.min = 1, .max = 4000000, .offset = TUNABLE(max_calls),
	}, {
		.name = "max-calls-per-host", .initial = "10000",
		.error = "max-calls-per-host is a number from 1 to 4000000",
		.min = 1, .max = 4000000, .offset = TUNABLE(max_calls_per_host),
	}, {
		.name = "rtp-ports", .initial = "16384-65535",
		.error = "rtp-ports is A-B, two ports from 1024 to 65535, A below B",
		.kind = KIND_RANGE, .min = 1024, .max = 65535,
		.offset = TUNABLE(rtp_ports),
	}, {
		.name = "media-timeout", .initial = "30",
		.error = "media-timeout is a number of seconds from 1 to 86400",
		.min = 1, .max = 86400, .offset = TUNABLE(media_timeout),
	}, {
		.name = "reg-grace", .initial = "60",
		.error = "reg-grace is a number of seconds from 0 to 86400",
		.min = 0, .max = 86400, .offset = TUNABLE(reg_grace),
	}, {
		.name = "accounting", .initial = "on",
		.error = "accounting is on or off",
		.kind = KIND_WORD, .words = { "off", "on" },
		.offset = TUNABLE(accounting),
	},
};

/* Digits only: kstrtou32() would take a sign and a newline as well. */
static inline bool tunable_number(const char **text, u32 *value)
{
	const char *p = *text;
	u64 n = 0;

	while (*p >= '0' && *p <= '9' && !(n >> 32))
		n = n * 10 + (u64)(*p++ - '0');
	if (p == *text || n >> 32)
		return false;
	*text = p;
	*value = (u32)n;
	return true;
}

static inline int tunable_word(const struct tunable_key *def,
			       const char *text, u32 *value)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(def->words); i++) {
		if (strcmp(text, def->words[i]))
			continue;
		*value = i;
		return 0;
	}
	return -EINVAL;
}

static inline int tunable_range(const struct tunable_key *def,
				const char *text, u32 *value)
{
	u32 first, last;

	if (!tunable_number(&text, &first) || *text++ != '-' ||
	    !tunable_number(&text, &last) || *text)
		return -EINVAL;
	if (first < def->min || last > def->max || first >= last)
		return -ERANGE;
	*value = first << 16 | last;
	return 0;
}

/**
 * tunable_parse() - the value that a text means
 * @def: the key
 * @text: NUL-terminated
 * @value: out, as it stands in struct sipalg_tunables
 *
 * Return: 0; -EINVAL for a text that is not of the right kind, -ERANGE
 * outside the limits. @def->error says what is right.
 */
static inline int tunable_parse(const struct tunable_key *def,
				const char *text, u32 *value)
{
	if (def->kind == KIND_WORD)
		return tunable_word(def, text, value);
	if (def->kind == KIND_RANGE)
		return tunable_range(def, text, value);

	if (!tunable_number(&text, value) || *text)
		return -EINVAL;
	if (*value < def->min || *value > def->max)
		return -ERANGE;
	return 0;
}

/* NULL for a name that is no key. */
static inline const struct tunable_key *tunable_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunable_keys); i++) {
		if (!strcmp(name, tunable_keys[i].name))
			return &tunable_keys[i];
	}
	return NULL;
}

#endif /* SIPALG_TUNABLE_KEY_H */
