/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * start.h - the start line of a message, and the methods.
 */
#ifndef SIPALG_CORE_START_H
#define SIPALG_CORE_START_H

#include "span.h"

enum sip_method {
	SIP_METHOD_OTHER,
	SIP_METHOD_INVITE,
	SIP_METHOD_ACK,
	SIP_METHOD_BYE,
	SIP_METHOD_CANCEL,
	SIP_METHOD_REGISTER,
	SIP_METHOD_OPTIONS,
	SIP_METHOD_PRACK,
	SIP_METHOD_UPDATE,
	SIP_METHOD_INFO,
	SIP_METHOD_REFER,
	SIP_METHOD_NOTIFY,
	SIP_METHOD_SUBSCRIBE,
	SIP_METHOD_PUBLISH,
	SIP_METHOD_MESSAGE,
	SIP_METHOD_MAX,
};

/**
 * struct sip_start - Request-Line or Status-Line (RFC 3261 7.1, 7.2)
 * @method_text: method of a request
 * @ruri: Request-URI of a request
 * @status: 100..699, or 0 for a request
 * @method: enum sip_method of a request
 * @next: offset of the line after it
 */
struct sip_start {
	struct span method_text;
	struct span ruri;
	u16 status;
	u8 method;
	u32 next;
};

/**
 * sip_start_parse() - read the start line
 * @b: buffer; empty lines before it are skipped (RFC 3261 7.5)
 * @out: result
 *
 * Return: 0; -ENOENT not SIP; -EBADMSG SIP, but malformed.
 */
int __must_check sip_start_parse(const struct sip_buf *b,
				 struct sip_start *out);

/**
 * sip_method_find() - which method is this?
 * @b: buffer
 * @s: method; upper and lower case differ (RFC 3261 7.1)
 */
enum sip_method sip_method_find(const struct sip_buf *b, struct span s);

#endif /* SIPALG_CORE_START_H */
