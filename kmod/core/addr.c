// SPDX-License-Identifier: GPL-2.0-only
/*
 * addr.c - IPv4 addresses as text, and back.
 */
#include "alg.h"

/* 00 to 99: two digits at once, and no division below 100. */
static const char pairs[] =
	"00010203040506070809" "10111213141516171819"
	"20212223242526272829" "30313233343536373839"
	"40414243444546474849" "50515253545556575859"
	"60616263646566676869" "70717273747576777879"
	"80818283848586878889" "90919293949596979899";

static inline u32 put_pair(char *out, u32 v)
{
	memcpy(out, pairs + 2 * v, 2);
	return 2;
}

/* Below 100, without a leading zero. */
static inline u32 put_small(char *out, u32 v)
{
	if (v >= 10)
		return put_pair(out, v);
	*out = (char)('0' + v);
	return 1;
}

u32 addr_put_port(char *out, u32 port)
{
	u32 n;

	if (port < 100)
		return put_small(out, port);
	if (port < 10000) {
		n = put_small(out, port / 100);
	} else {
		*out = (char)('0' + port / 10000);
		port %= 10000;
		n = 1 + put_pair(out + 1, port / 100);
	}
	return n + put_pair(out + n, port % 100);
}

static inline u32 put_octet(char *out, u32 v)
{
	if (v < 100)
		return put_small(out, v);
	*out = v < 200 ? '1' : '2';
	return 1 + put_pair(out + 1, v < 200 ? v - 100 : v - 200);
}

void addr_render(const struct alg_ep *ep, struct addr_text *out)
{
	u32 n = 0;
	u32 i;

	memset(out, 0, sizeof(*out));
	if (ep->family != 4)
		return;
	for (i = 0; i < 4; i++) {
		n += put_octet(out->text + n, ep->ip[i]);
		out->text[n++] = '.';
	}
	out->text[--n] = '\0';
	out->len = (u8)n;
}

bool addr_at_short(const struct sip_buf *b, u32 off,
		   const struct addr_text *text)
{
	return !memcmp(b->data + off, text->text, text->len);
}

/* Its first two letters at once; what they find is compared. */
bool addr_occurs(const struct sip_buf *b, const struct addr_text *text)
{
	const u64 first = (u8)text->text[0] * SPAN_ONES;
	const u64 second = (u8)text->text[1] * SPAN_ONES;
	const char *p = b->data;
	const char *end = p + b->len;
	const char *last = end - 9;
	u64 hits;

	if (!text->len)
		return false;
	for (; p <= last; p += 8) {
		hits = (((port_load64(p) ^ first) |
			 (port_load64(p + 1) ^ second)) - SPAN_ONES) &
		       0x80 * SPAN_ONES;
		for (; unlikely(hits); hits &= hits - 1) {
			if (addr_at(b, (u32)(p - b->data) +
				    port_ctz64(hits) / 8, b->len, text))
				return true;
		}
	}
	for (; p < end; p++) {
		if (addr_at(b, (u32)(p - b->data), b->len, text))
			return true;
	}
	return false;
}

int addr_parse4(const struct sip_buf *b, struct span s, u32 *v4)
{
	u32 end = span_end(s);
	u32 from = s.off;
	u8 ip[4];
	u32 i, n;
	int to;

	for (i = 0; i < 4; i++) {
		to = span_number(b, from, end, 255, &n);
		if (to < 0 || (u32)to - from > 3)
			return -ENOENT;
		ip[i] = (u8)n;
		from = (u32)to;
		if (i < 3 && (from >= end || b->data[from++] != '.'))
			return -ENOENT;
	}
	if (from != end)
		return -ENOENT;
	memcpy(v4, ip, sizeof(ip));
	return 0;
}

bool addr_is_private4(u32 v4)
{
	u32 ip = port_ntohl(v4);

	return ip >> 24 == 10 || ip >> 24 == 127 ||
	       ip >> 20 == (172 << 4 | 1) || ip >> 16 == (192 << 8 | 168) ||
	       ip >> 16 == (169 << 8 | 254) || ip >> 22 == (100 << 2 | 1);
}
