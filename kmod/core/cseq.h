/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cseq.h - CSeq (RFC 3261 20.16): a number and a method.
 */
#ifndef SIPALG_CORE_CSEQ_H
#define SIPALG_CORE_CSEQ_H

#include "span.h"

/* sip_cseq_parse() of what is unusual */
int __must_check sip_cseq_slow(const struct sip_buf *b, struct span value,
			       u32 *number, struct span *method);

/**
 * sip_cseq_parse() - take a CSeq value apart
 * @b: the message
 * @value: header value
 * @number: result, fits 32 bits
 * @method: result
 *
 * Return: 0 or -EBADMSG.
 */
static inline int __must_check
sip_cseq_parse(const struct sip_buf *b, struct span value, u32 *number,
	       struct span *method)
{
	u32 end = span_end(value);
	u32 at = span_short_number(b, value.off, end, number);

	if (unlikely(at == value.off || at > value.off + SPAN_SHORT ||
		     at + 2 > end || b->data[at] != ' ' ||
		     (u8)b->data[at + 1] <= ' '))
		return sip_cseq_slow(b, value, number, method);
	*method = span_make(at + 1, end);
	return 0;
}

#endif /* SIPALG_CORE_CSEQ_H */
