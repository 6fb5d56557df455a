// SPDX-License-Identifier: GPL-2.0-only
/*
 * start.c - [4] the start line: is this SIP at all?
 *
 * Keep-alives, STUN, RTP and whatever else comes to a SIP port leave here,
 * at the first byte mostly.
 */
#include "start.h"

#define ONES		0x0101010101010101ULL
#define SIP_2_0		0x302e322f504953ULL	/* "SIP/2.0", first byte low */
#define SIP_FOLD	0x202020ULL		/* the letters of it */

/*
 * One test finds everything below 0x0b: line feeds, and the NUL that must
 * not be there. The others (HTAB) are looked at and passed by.
 */
int sip_line_end(const struct sip_buf *b, u32 from)
{
	u64 w, hits;
	u32 at;

	for (; from < b->len; from += 8) {
		w = span_load64(b, from);
		hits = (w - 0x0b * ONES) & ~w & 0x80 * ONES;
		for (; hits; hits &= hits - 1) {
			at = from + port_ctz64(hits) / 8;
			if (at >= b->len)
				return -EBADMSG;
			if (b->data[at] == '\n')
				return (int)at;
			if (!b->data[at])
				return -EBADMSG;
		}
	}
	return -EBADMSG;
}

static bool is_token_char(char c)
{
	static const char marks[] = "-.!%*_+`'~";
	u32 i;

	if ((u8)((c | 0x20) - 'a') < 26 || span_is_digit(c))
		return true;
	for (i = 0; marks[i]; i++) {
		if (c == marks[i])
			return true;
	}
	return false;
}

/* "SIP/2.0" at @off, in any case (RFC 3261 7.1)? */
static bool is_version(const struct sip_buf *b, u32 off)
{
	u64 w = span_load64(b, off);

	return ((w | SIP_FOLD) & (~0ULL >> 8)) == (SIP_2_0 | SIP_FOLD);
}

static int parse_status(const struct sip_buf *b, u32 from, u32 end,
			struct sip_start *out)
{
	u32 code;

	from += 8;
	if (end < from + 3 || b->data[from - 1] != ' ' ||
	    span_u32(b, span_make(from, from + 3), 699, &code) || code < 100)
		return -EBADMSG;
	if (end > from + 3 && b->data[from + 3] != ' ')
		return -EBADMSG;
	out->status = (u16)code;
	out->method_text = (struct span){ 0, 0 };
	out->ruri = (struct span){ 0, 0 };
	return 0;
}

static int parse_request(const struct sip_buf *b, u32 from, u32 end,
			 struct sip_start *out)
{
	u32 to = from;
	u32 uri_end = end - 8;

	while (to < uri_end && is_token_char(b->data[to]))
		to++;
	if (to == from || b->data[to] != ' ' || to + 1 >= uri_end)
		return -EBADMSG;
	out->status = 0;
	out->method_text = span_make(from, to);
	out->ruri = span_make(to + 1, uri_end);
	if ((u8)((b->data[to + 1] | 0x20) - 'a') >= 26 ||
	    span_find2(b, to + 1, uri_end, ' ', '\t') < uri_end)
		return -EBADMSG;
	return 0;
}

/*
 * Not a start line of ours. Does it say SIP at all: "SIP/" at the beginning,
 * or as the last word? Then it is a broken one and counts as such.
 */
static int judge_other(const struct sip_buf *b, u32 from)
{
	u32 end = span_find2(b, from, b->len, '\n', '\0');
	u32 to = span_trim_lws(b, from, end);
	u32 word = to;

	if (span_starts(b, from, to, "sip/"))
		return -EBADMSG;
	while (word > from && !span_is_blank(b->data[word - 1]))
		word--;
	if (word > from && span_starts(b, word, to, "sip/"))
		return -EBADMSG;
	return -ENOENT;
}

int sip_start_parse(const struct sip_buf *b, struct sip_start *out)
{
	u32 from = 0;
	u32 end;
	int eol;

	while (from < b->len &&
	       (b->data[from] == '\r' || b->data[from] == '\n'))
		from++;
	if (from == b->len || !is_token_char(b->data[from]))
		return -ENOENT;
	eol = sip_line_end(b, from);
	if (eol < 0)
		return judge_other(b, from);
	out->next = (u32)eol + 1;
	end = (u32)eol;
	if (b->data[end - 1] == '\r' && end > from)
		end--;
	if (is_version(b, from))
		return parse_status(b, from, end, out);
	if (end - from > 8 && b->data[end - 8] == ' ' &&
	    is_version(b, end - 7))
		return parse_request(b, from, end, out);
	return judge_other(b, from);
}
