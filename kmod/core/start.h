/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * start.h - the start line, and the ends of header lines.
 */
#ifndef SIPALG_CORE_START_H
#define SIPALG_CORE_START_H

#include "span.h"

/**
 * struct sip_start - Request-Line or Status-Line (RFC 3261 7.1, 7.2)
 * @method_text: method of a request
 * @ruri: Request-URI of a request
 * @status: 100..699, or 0 for a request
 * @next: offset of the line after it
 */
struct sip_start {
	struct span method_text;
	struct span ruri;
	u16 status;
	u32 next;
};

/**
 * sip_line_end() - the line feed that ends the line at @from
 * @b: buffer
 * @from: where the line begins
 *
 * Return: its offset; -EBADMSG when a NUL or the end comes first.
 */
int __must_check sip_line_end(const struct sip_buf *b, u32 from);

/**
 * sip_start_parse() - read the start line
 * @b: buffer; empty lines before it are skipped (RFC 3261 7.5)
 * @out: result
 *
 * Return: 0; -ENOENT not SIP; -EBADMSG SIP, but malformed.
 */
int __must_check sip_start_parse(const struct sip_buf *b,
				 struct sip_start *out);

#endif /* SIPALG_CORE_START_H */
