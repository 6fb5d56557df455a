// SPDX-License-Identifier: GPL-2.0-only
/*
 * contact.c - what Contact has beyond a list of addresses.
 */
#include "contact.h"
#include "param.h"

#define MAX_EXPIRES	0x7fffffffu

bool sip_contact_is_star(const struct sip_buf *b, struct span value)
{
	return value.len == 1 && b->data[value.off] == '*';
}

int sip_expires_parse(const struct sip_buf *b, struct span value,
		      u32 *expires)
{
	u32 end = span_end(value);

	if (likely(span_number(b, value.off, end, MAX_EXPIRES, expires) ==
		   (int)end))
		return 0;
	if (!value.len || span_digits(b, value.off, end) != end)
		return -ENOENT;
	*expires = MAX_EXPIRES;
	return 0;
}

int sip_contact_expires(const struct sip_buf *b, struct span params,
			u32 *expires)
{
	struct span value;

	value = sip_param_search(b, params, PARAM_EXPIRES, 7);
	return value.len ? sip_expires_parse(b, value, expires) : -ENOENT;
}
