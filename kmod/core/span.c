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

u64 span_line_tail(const char *p, const char *end)
{
	u64 w = 0x7f * SPAN_ONES;
	u32 i;

	for (i = 0; i < 8 && p + i < end; i++) {
		w &= ~(0xffULL << (8 * i));
		w |= (u64)(u8)p[i] << (8 * i);
	}
	return w;
}

const char *span_slow_eol(const char *p, const char *end)
{
	const char *at;
	u64 hits;

	for (; p < end; p += 8) {
		hits = span_low_bytes(span_line_word(p, end), 0x0b);
		for (; hits; hits &= hits - 1) {
			at = p + port_ctz64(hits) / 8;
			if (*at == '\n')
				return at;
			if (!*at)
				return NULL;
		}
	}
	return end;
}

const char *span_eol(const char *line, const char *end)
{
	const char *last = end - 8;
	const char *p = line;
	u64 hits = 0;

	for (; p <= last; p += 8) {
		hits = span_eol_bytes(port_load64(p));
		if (hits)
			break;
	}
	/* look at some bytes twice rather than too far */
	if (p > last && last >= line) {
		p = last;
		hits = span_eol_bytes(port_load64(p));
	}
	if (likely(hits)) {
		p += port_ctz64(hits) / 8;
		if (likely(*p == '\n'))
			return p;
	}
	return span_slow_eol(line, end);
}

const char *span_sure_line(const char *p, const char *end)
{
	const char *last = p + 64 < end ? end - 64 : p;
	const char *at;
	u64 w, hits;

	for (at = end - 16; at >= last; at -= 8) {
		w = port_load64(at) ^ '\n' * SPAN_ONES;
		hits = span_zero_bytes(w);
		if (hits)
			return at + port_ctz64(hits) / 8;
	}
	return NULL;
}

u32 span_find_slow(const struct sip_buf *b, u32 from, u32 to, char c)
{
	u64 hits;

	for (; from < to; from += 8) {
		hits = span_zero_bytes(span_load64(b, from) ^
				       (u8)c * SPAN_ONES);
		if (hits) {
			from += port_ctz64(hits) / 8;
			return from < to ? from : to;
		}
	}
	return to;
}

u32 span_find(const struct sip_buf *b, u32 from, u32 to, char c)
{
	return span_seek(b, from, to, c);
}

u32 span_rfind(const struct sip_buf *b, u32 from, u32 to, char c)
{
	u32 at = to;
	u64 x, hits;

	for (; at >= from + 8; at -= 8) {
		x = port_load64(b->data + at - 8) ^ (u8)c * SPAN_ONES;
		if (likely(!((x - SPAN_ONES) & 0x80 * SPAN_ONES)))
			continue;
		hits = span_exact_zeros(x);	/* the highest one counts */
		if (hits)
			return at - 1 - port_clz64(hits) / 8;
	}
	for (; at > from; at--) {
		if (b->data[at - 1] == c)
			return at - 1;
	}
	return to;
}

u32 span_find2(const struct sip_buf *b, u32 from, u32 to, char c, char d)
{
	u64 first = (u8)c * SPAN_ONES;
	u64 second = (u8)d * SPAN_ONES;
	u64 w, hits;

	for (; from < to; from += 8) {
		w = span_load64(b, from);
		if (likely(!((((w ^ first) - SPAN_ONES) |
			      ((w ^ second) - SPAN_ONES)) & 0x80 * SPAN_ONES)))
			continue;
		hits = span_zero_bytes(w ^ first) |
		       span_zero_bytes(w ^ second);
		if (hits) {
			from += port_ctz64(hits) / 8;
			return from < to ? from : to;
		}
	}
	return to;
}

/* A quoted string is short or has no escape, nearly always. */
static inline u32 skip_short_quoted(const struct sip_buf *b, u32 from, u32 to)
{
	u32 near = from + 5 < to ? from + 5 : to;

	for (from++; from < near; from++) {
		if (b->data[from] == '"')
			return from + 1;
		if (b->data[from] == '\\')
			from++;
	}
	return 0;
}

u32 span_skip_quoted(const struct sip_buf *b, u32 from, u32 to)
{
	u32 end = skip_short_quoted(b, from, to);

	if (end)
		return end;
	for (from++;; from += 2) {
		from = span_find2(b, from, to, '"', '\\');
		if (from >= to)
			return to;
		if (b->data[from] == '"')
			return from + 1;
	}
}

u32 span_find_unquoted(const struct sip_buf *b, u32 from, u32 to, char c,
		       char d)
{
	u64 w, hits;

	while (from < to) {
		w = span_load64(b, from);
		hits = (((w ^ (u8)c * SPAN_ONES) - SPAN_ONES) |
			((w ^ (u8)d * SPAN_ONES) - SPAN_ONES) |
			((w ^ '"' * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		if (likely(!hits)) {
			from += 8;
			continue;
		}
		from += port_ctz64(hits) / 8;
		if (from >= to)
			break;
		if (b->data[from] == c || b->data[from] == d)
			return from;
		/* or a letter beyond ASCII */
		if (b->data[from] != '"') {
			from++;
			continue;
		}
		from = span_skip_quoted(b, from, to);
	}
	return to;
}

int span_number_slow(const struct sip_buf *b, u32 from, u32 to, u32 max,
		     u32 *out)
{
	u32 i = from;
	u64 v = 0;

	for (; i < to && span_is_digit(b->data[i]); i++) {
		v = v * 10 + (u8)(b->data[i] - '0');
		if (v > max)
			return -EBADMSG;
	}
	if (i == from)
		return -EBADMSG;
	*out = (u32)v;
	return (int)i;
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
 * One multiply for eight bytes. The secret goes in first and the product is
 * folded each time, so that nobody outside can tell where a text will be. The
 * last eight bytes may overlap those before: the length is in the hash, too.
 */
u64 span_hash(const struct sip_buf *b, struct span s, u64 seed)
{
	const char *p = b->data + s.off;
	const char *last = p + s.len - 8;
	u64 h = seed + s.len;

	if (unlikely(s.len < 8))
		return span_mix(h, s.len ? span_keep(span_load64(b, s.off),
						     s.len) : 0);
	for (; p < last; p += 8)
		h = span_fold(h ^ port_load64(p));
	return span_mix(h, port_load64(last));
}
