// SPDX-License-Identifier: GPL-2.0-only
/*
 * addr.c - IPv4 addresses as text, and back.
 */
#include "alg.h"

u32 addr_put_port(char *out, u32 port)
{
	u32 n = 1u + (port > 9) + (port > 99) + (port > 999) + (port > 9999);
	u32 i = n;

	do {
		out[--i] = (char)('0' + port % 10);
		port /= 10;
	} while (i);
	return n;
}

static u32 put_octet(char *out, u32 v)
{
	u32 n = 0;

	if (v >= 100) {
		out[n++] = (char)('0' + v / 100);
		v %= 100;
		out[n++] = (char)('0' + v / 10);
	} else if (v >= 10) {
		out[n++] = (char)('0' + v / 10);
	}
	out[n++] = (char)('0' + v % 10);
	return n;
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

/* A text of eight or more is two overlapping words; "1.2.3.4" is one. */
bool addr_is(const struct sip_buf *b, struct span s,
	     const struct addr_text *text)
{
	u64 diff;

	if (s.len != text->len || !s.len)
		return false;
	diff = span_load64(b, s.off) ^ port_load64(text->text);
	if (s.len < 8)
		return !span_keep(diff, s.len);
	return !(diff | (span_load64(b, span_end(s) - 8) ^
			 port_load64(text->text + s.len - 8)));
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
