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
	u32 end = span_digits(b, value.off, span_end(value));

	if (end == value.off || end != span_end(value))
		return -ENOENT;
	if (span_u32(b, value, MAX_EXPIRES, expires))
		*expires = MAX_EXPIRES;
	return 0;
}

int sip_contact_expires(const struct sip_buf *b, const struct sip_addr *addr,
			u32 *expires)
{
	struct span value;

	if (!addr->params.len)
		return -ENOENT;
	value = sip_param_find(b, addr->params, "expires");
	return sip_expires_parse(b, value, expires);
}
