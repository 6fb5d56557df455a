// SPDX-License-Identifier: GPL-2.0-only
/*
 * cseq.c - CSeq: 1*DIGIT LWS Method.
 */
#include "cseq.h"

int sip_cseq_slow(const struct sip_buf *b, struct span value, u32 *number,
		  struct span *method)
{
	const char *p = b->data + value.off;
	const char *end = p + value.len;
	u64 n = 0;

	for (; p < end && span_is_digit(*p) && n <= 0xffffffff; p++)
		n = n * 10 + (u8)(*p - '0');
	if (p == b->data + value.off || n > 0xffffffff || p == end ||
	    !span_is_lws(*p))
		return -EBADMSG;
	do {
		p++;
	} while (p < end && span_is_lws(*p));
	*number = (u32)n;
	*method = span_make((u32)(p - b->data), (u32)(end - b->data));
	return method->len ? 0 : -EBADMSG;
}
