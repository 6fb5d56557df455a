// SPDX-License-Identifier: GPL-2.0-only
/*
 * span.c - bounded reading of a message: searches, numbers, words, hashes.
 *
 * Searches look at eight bytes at a time. A load that would cross the end of
 * the buffer is put together from single bytes instead, so that nothing
 * behind the message is ever read.
 */
#include "span.h"

u64 span_load64_tail(const struct sip_buf *b, u32 off)
{
	u64 w = 0;
	u32 i;

	for (i = 0; off + i < b->len; i++)
		w |= (u64)(u8)b->data[off + i] << (8 * i);
	return w;
}

u64 span_line_tail(const struct sip_buf *b, u32 from, u32 end)
{
	u32 left = end > from ? end - from : 0;

	if (left >= 8)
		return span_load64(b, from);
	if (!left)
		return 0x7f * SPAN_ONES;
	return span_keep(span_load64(b, from), left) |
	       0x7f * SPAN_ONES << (8 * left);
}

u32 span_line_end_slow(const struct sip_buf *b, u32 from, u32 end)
{
	u64 w, hits;
	u32 at;

	for (; from < end; from += 8) {
		w = span_line_word(b, from, end);
		hits = span_low_bytes(w, 0x0b);
		for (; hits; hits &= hits - 1) {
			at = from + port_ctz64(hits) / 8;
			if (b->data[at] == '\n')
				return at;
			if (!b->data[at])
				return SPAN_BAD_LINE;
		}
	}
	return end;
}

u32 span_find(const struct sip_buf *b, u32 from, u32 to, char c)
{
	return span_seek(b, from, to, c);
}

u32 span_find2(const struct sip_buf *b, u32 from, u32 to, char c, char d)
{
	u64 first = (u8)c * SPAN_ONES;
	u64 second = (u8)d * SPAN_ONES;
	u64 w, hits;

	for (; from < to; from += 8) {
		w = span_load64(b, from);
		hits = span_zero_bytes(w ^ first) |
		       span_zero_bytes(w ^ second);
		if (hits) {
			from += port_ctz64(hits) / 8;
			return from < to ? from : to;
		}
	}
	return to;
}

u32 span_skip_quoted(const struct sip_buf *b, u32 from, u32 to)
{
	/* escapes are rare: fast to the first, then byte by byte */
	for (from = span_find2(b, from + 1, to, '"', '\\'); from < to; from++) {
		if (b->data[from] == '"')
			return from + 1;
		if (b->data[from] == '\\')
			from++;
	}
	return to;
}

u32 span_find_unquoted(const struct sip_buf *b, u32 from, u32 to, char c,
		       char d)
{
	for (; from < to; from++) {
		char x = b->data[from];

		if (x == c || x == d)
			return from;
		if (x == '"')
			from = span_skip_quoted(b, from, to) - 1;
	}
	return to;
}

int span_u32(const struct sip_buf *b, struct span s, u32 max, u32 *out)
{
	int end = span_number(b, s.off, span_end(s), max, out);

	return end >= 0 && (u32)end == span_end(s) ? 0 : -EBADMSG;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool span_starts(const struct sip_buf *b, u32 from, u32 to, const char *word)
{
	for (; *word; word++, from++) {
		if (from >= to || lower(b->data[from]) != *word)
			return false;
	}
	return true;
}

bool span_is(const struct sip_buf *b, struct span s, const char *word)
{
	u32 from = s.off;

	for (; from < span_end(s); word++, from++) {
		if (!*word || lower(b->data[from]) != *word)
			return false;
	}
	return !*word;
}

bool span_equal(const struct sip_buf *b, struct span s, struct span t)
{
	return s.len == t.len &&
	       !memcmp(b->data + s.off, b->data + t.off, s.len);
}

/*
 * NH of UMAC with a key that goes on by a constant: one 32x32 bit multiply
 * for eight bytes, also cheap on 32-bit routers. The key is secret, so that
 * nobody outside can aim at a bucket.
 */
u64 span_hash(const struct sip_buf *b, struct span s, u64 seed)
{
	u64 key = seed ^ 0x9e3779b97f4a7c15ULL;
	u64 h = seed + s.len;
	u32 i = s.off;
	u32 left = s.len;
	u64 w;

	while (left) {
		w = span_load64(b, i);
		if (left < 8)
			w = span_keep(w, left);
		h = ((h << 7) | (h >> 57)) ^
		    ((u64)((u32)w + (u32)key) *
		     (u32)((w >> 32) + (key >> 32)));
		h += w;
		key += 0xbf58476d1ce4e5b9ULL;
		i += 8;
		left -= left < 8 ? left : 8;
	}
	h *= 0x94d049bb133111ebULL;
	h ^= h >> 32;
	return h ? h : 1;
}
