/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * redact.h - which bytes of a message are nobody's business.
 */
#ifndef SIPALGCTL_REDACT_H
#define SIPALGCTL_REDACT_H

#include <stddef.h>
#include <stdint.h>

/* What a view does with a byte; one uint8_t beside each byte of a message. */
enum byte_mark {
	MARK_CHANGED	= 1 << 0,
	MARK_HIDDEN	= 1 << 1,
};

/**
 * redact_mark() - find keys and passwords in a message
 * @text: message, headers and body
 * @len: bytes
 * @marks: @len marks; MARK_HIDDEN is added to each byte to be hidden
 *
 * Hidden are the keys of a=crypto, a=key-mgmt and k= (RFC 4568, 4567, 8866),
 * a=ice-pwd (RFC 8839), the credentials of Authorization and its kin (RFC
 * 3261 22, 7616) and passwords in URIs. Where a line could be taken for one
 * of these it is: too much hidden does no harm.
 */
void redact_mark(const char *text, size_t len, uint8_t *marks);

#endif /* SIPALGCTL_REDACT_H */
