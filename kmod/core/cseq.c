// SPDX-License-Identifier: GPL-2.0-only
/*
 * cseq.c - CSeq: 1*DIGIT LWS Method.
 */
#include "cseq.h"

int sip_cseq_parse(const struct sip_buf *b, struct span value, u32 *number,
		   struct span *method)
{
	u32 end = span_end(value);
	u32 from;
	int to;

	/* one digit mostly */
	to = span_number_slow(b, value.off, end, 0xffffffff, number);
	if (to < 0)
		return to;
	from = span_skip_lws(b, (u32)to, end);
	if (from == (u32)to || from == end)
		return -EBADMSG;
	*method = span_make(from, end);
	return 0;
}
