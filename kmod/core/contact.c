// SPDX-License-Identifier: GPL-2.0-only
/*
 * contact.c - what Contact has beyond a list of addresses.
 */
#include "contact.h"
#include "param.h"

#define MAX_EXPIRES	0x7fffffffu

int sip_expires_slow(const struct sip_buf *b, struct span value,
		     u32 *expires)
{
	const char *p = b->data + value.off;
	const char *end = p + value.len;
	u64 n = 0;

	if (!value.len)
		return -ENOENT;
	for (; p < end; p++) {
		if (!span_is_digit(*p))
			return -ENOENT;
		if (n <= MAX_EXPIRES)
			n = n * 10 + (u8)(*p - '0');
	}
	*expires = n <= MAX_EXPIRES ? (u32)n : MAX_EXPIRES;
	return 0;
}

/* ";expires=1800" where it stands first, and something ends it. */
static inline bool read_first(const struct sip_buf *b, struct span params,
			      u32 *expires)
{
	const char *p = b->data + params.off + 9;
	const char *end = b->data + span_end(params);
	const char *from = p;
	u32 n = 0;

	if (params.len < 10 || p[-1] != '=' ||
	    port_load64(p - 9) != SIP_CONTACT_EXPIRES)
		return false;
	for (; p < end && p < from + 9 && span_is_digit(*p); p++)
		n = n * 10 + (u8)(*p - '0');
	if (p == from || (p < end && *p != ';' && *p != ','))
		return false;
	*expires = n;
	return true;
}

int sip_contact_expires(const struct sip_buf *b, struct span params,
			u32 *expires)
{
	struct span value;

	if (read_first(b, params, expires))
		return 0;
	value = sip_param_search(b, params, PARAM_EXPIRES, 7);
	return value.len ? sip_expires_parse(b, value, expires) : -ENOENT;
}
