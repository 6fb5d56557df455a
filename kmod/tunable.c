// SPDX-License-Identifier: GPL-2.0-only
/*
 * tunable.c - the settings of a namespace: defaults, `sipalgctl set`, and back
 * to text. tunable_key.h has the keys.
 *
 * Not in the packet's way: packets read struct sipalg_tunables. Must never
 * leave a value outside its limits.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "tunable_key.h"

static u32 *field_of(struct sipalg_tunables *t, const struct tunable_key *def)
{
	return (u32 *)((char *)t + def->offset);
}

void sipalg_tunables_init(struct sipalg_tunables *t)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunable_keys); i++) {
		const struct tunable_key *def = &tunable_keys[i];

		WARN_ON(tunable_parse(def, def->initial, field_of(t, def)));
	}
}

void sipalg_tunables_swap(struct sipalg_tunables *a, struct sipalg_tunables *b)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tunable_keys); i++) {
		u32 *mine = field_of(a, &tunable_keys[i]);
		u32 *other = field_of(b, &tunable_keys[i]);
		u32 value = *mine;

		WRITE_ONCE(*mine, *other);
		*other = value;
	}
}

/* Is it more than the default of a key that bounds memory? */
static bool is_raised(const struct tunable_key *def, u32 value)
{
	u32 initial;

	return !strncmp(def->name, "max-", 4) &&
	       !tunable_parse(def, def->initial, &initial) && value > initial;
}

int sipalg_tunable_set(struct sipalg_tunables *t, const struct nlattr *key,
		       const struct nlattr *value, bool trusted,
		       struct netlink_ext_ack *extack)
{
	const struct tunable_key *def = tunable_find(nla_data(key));
	u32 *field, new;
	int err;

	if (!def) {
		NL_SET_ERR_MSG_ATTR(extack, key, "no such key");
		return -ENOENT;
	}
	err = tunable_parse(def, nla_data(value), &new);
	if (err) {
		/* constant text, but not a literal as NL_SET_ERR_MSG wants */
		if (extack)
			extack->_msg = def->error;
		NL_SET_BAD_ATTR(extack, value);
		return err;
	}
	if (!trusted && is_raised(def, new)) {
		NL_SET_ERR_MSG_ATTR(extack, value,
				    "a container may not raise a limit above its default");
		return -ERANGE;
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
	const struct tunable_key *def;
	u32 value;

	if (index >= ARRAY_SIZE(tunable_keys))
		return NULL;
	def = &tunable_keys[index];
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
