// SPDX-License-Identifier: GPL-2.0-only
/*
 * cseq.c - CSeq: 1*DIGIT LWS Method.
 */
#include "cseq.h"

int sip_cseq_parse(const struct sip_buf *b, struct span value, u32 *number,
		   struct span *method)
{
	u32 end = span_end(value);
	u32 to = span_digits(b, value.off, end);
	u32 from = span_skip_lws(b, to, end);

	if (from == to || from == end)
		return -EBADMSG;
	*method = span_make(from, end);
	return span_u32(b, span_make(value.off, to), 0xffffffff, number);
}
