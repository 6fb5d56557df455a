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

	to = span_number(b, value.off, end, 0xffffffff, number);
	if (to < 0)
		return to;
	from = (u32)to + 1;
	if (from >= end || !span_is_lws(b->data[to]))
		return -EBADMSG;
	if (unlikely((u8)b->data[from] <= ' '))
		from = span_skip_lws(b, from, end);
	*method = span_make(from, end);
	return 0;
}
