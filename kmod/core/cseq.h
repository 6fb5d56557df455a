/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cseq.h - CSeq (RFC 3261 20.16): a number and a method.
 */
#ifndef SIPALG_CORE_CSEQ_H
#define SIPALG_CORE_CSEQ_H

#include "span.h"

/**
 * sip_cseq_parse() - take a CSeq value apart
 * @b: the message
 * @value: header value
 * @number: result, fits 32 bits
 * @method: result
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check sip_cseq_parse(const struct sip_buf *b, struct span value,
				u32 *number, struct span *method);

#endif /* SIPALG_CORE_CSEQ_H */
