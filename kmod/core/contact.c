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

u32 sip_contact_params(const struct sip_buf *b, u32 from, u32 end,
		       struct span *expires)
{
	struct sip_params p;

	*expires = (struct span){ 0, 0 };
	if (from >= end)
		return end;
	p = sip_params_begin(b, span_make(from, end));
	while (sip_params_next(b, &p)) {
		if (sip_params_is(b, &p, PARAM_EXPIRES, 7))
			*expires = sip_params_value(b, &p, 7);
	}
	return p.list_end;
}

int sip_contact_expires(const struct sip_buf *b, const struct sip_addr *addr,
			u32 *expires)
{
	struct span value;

	sip_contact_params(b, addr->params.off, span_end(addr->params),
			   &value);
	return sip_expires_parse(b, value, expires);
}
