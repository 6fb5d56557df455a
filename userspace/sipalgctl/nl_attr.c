// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_attr.c - reading attributes.
 *
 * What the kernel sends is checked for its length before it is read: an
 * attribute that is too short counts as absent.
 */
#include <string.h>

#include "nl.h"

/* Smallest payload of an attribute; strings must end with NUL besides. */
static const unsigned char sizes[SIPALG_A_MAX + 1] = {
	[SIPALG_A_ENABLED] = 1,		[SIPALG_A_PROTO] = 1,
	[SIPALG_A_PORT] = 2,		[SIPALG_A_REGISTRATIONS] = 4,
	[SIPALG_A_CALLS] = 4,		[SIPALG_A_MEDIA] = 4,
	[SIPALG_A_MEMORY] = 8,		[SIPALG_A_INTREE_FLOWS] = 8,
	[SIPALG_A_EXPIRES] = 4,		[SIPALG_A_REG_STATE] = 1,
	[SIPALG_A_CALL_STATE] = 1,	[SIPALG_A_CREATED] = 4,
	[SIPALG_A_KIND] = 1,		[SIPALG_A_MEDIA_STATE] = 1,
	[SIPALG_A_PACKETS_IN] = 8,	[SIPALG_A_PACKETS_OUT] = 8,
	[SIPALG_A_COUNT] = 8,		[SIPALG_A_EVENT] = 1,
	[SIPALG_A_SILENT] = 1,		[SIPALG_A_MODE] = 1,
	[SIPALG_A_MODE_BACK] = 1,
};

static bool is_string(unsigned int type)
{
	switch (type) {
	case SIPALG_A_VERSION:
	case SIPALG_A_AOR:
	case SIPALG_A_CONTACT:
	case SIPALG_A_CALL_ID:
	case SIPALG_A_FROM:
	case SIPALG_A_TO:
	case SIPALG_A_NAME:
	case SIPALG_A_KEY:
	case SIPALG_A_VALUE:
	case SIPALG_A_DEFAULT:
		return true;
	}
	return false;
}

static bool is_sound(const struct nlattr *attr, unsigned int type)
{
	if (is_string(type))
		return mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0;
	return mnl_attr_get_payload_len(attr) >= sizes[type];
}

void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	const struct nlattr *attr;

	memset(tb, 0, (SIPALG_A_MAX + 1) * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type <= SIPALG_A_MAX && is_sound(attr, type))
			tb[type] = attr;
	}
}

void nl_nest(const struct nlattr *nest, const struct nlattr **tb,
	     unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	mnl_attr_for_each_nested(attr, nest) {
		unsigned int type = mnl_attr_get_type(attr);

		if (type > max)
			continue;
		if (max != SIPALG_A_MAX || is_sound(attr, type))
			tb[type] = attr;
	}
}
