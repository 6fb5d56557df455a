/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contact.h - Contact (RFC 3261 20.10): a list of addresses or "*".
 */
#ifndef SIPALG_CORE_CONTACT_H
#define SIPALG_CORE_CONTACT_H

#include "route.h"

/* How the parameters of a contact begin in a registrar's answer, mostly. */
#define SIP_CONTACT_EXPIRES						       \
	SPAN_WORD(';', 'e', 'x', 'p', 'i', 'r', 'e', 's')

/**
 * sip_contact_is_star() - is this value "*", all bindings of an AOR?
 */
static inline bool sip_contact_is_star(const struct sip_buf *b,
				       struct span value)
{
	return unlikely(value.len == 1) && b->data[value.off] == '*';
}

/**
 * sip_contact_expires() - the expires parameter of one contact
 * @b: the message
 * @params: what stands behind its URI; a ',' ends it
 * @expires: seconds; more than 2^31 - 1 counts as that
 *
 * Return: 0; -ENOENT when it has none that can be read.
 */
int __must_check sip_contact_expires(const struct sip_buf *b,
				     struct span params, u32 *expires);

/* sip_expires_parse() of what is no short number */
int __must_check sip_expires_slow(const struct sip_buf *b, struct span value,
				  u32 *expires);

/**
 * sip_expires_parse() - delta-seconds, as in Expires
 * Return: 0 or -ENOENT; more than 2^31 - 1 counts as that.
 */
static inline int __must_check sip_expires_parse(const struct sip_buf *b,
						 struct span value,
						 u32 *expires)
{
	u32 end = span_end(value);

	if (unlikely(!value.len || value.len > SPAN_SHORT ||
		     span_short_number(b, value.off, end, expires) != end))
		return sip_expires_slow(b, value, expires);
	return 0;
}

#endif /* SIPALG_CORE_CONTACT_H */
